#!/usr/bin/env bash
# k8s.io/kubernetes 1.34.4 (Go): what becomes of a pod whose field serviceAccountName is removed.
#
# Guess: a three-way merge that takes serviceAccountName out of a pod template, because the one who applied it no longer sends it, gives the
#   pod the default account again.
# Seen: the API server copies serviceAccountName into the former field serviceAccount when it stores a pod template, and copies it back from
#   there when serviceAccountName is missing. The merge removes only the field that was sent, so the account stays for good:
#     sent {serviceAccountName: shop}          stored {serviceAccountName: shop, serviceAccount: shop}
#     serviceAccountName removed by the merge  stored {serviceAccountName: shop, serviceAccount: shop}
#     both removed                             stored {}
# Whoever applies pod templates by such a merge must send both fields from the beginning.
# Fails if that changes. Needs Go; the first run compiles Kubernetes' types, which takes some minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod
cat >try.go <<'GO'
package main

import (
	"fmt"
	"os"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	conversion "k8s.io/kubernetes/pkg/apis/core/v1"
)

// stored is what the API server keeps of a pod spec: it is converted to the internal form and back.
func stored(sent v1.PodSpec) v1.PodSpec {
	var internal core.PodSpec
	var kept v1.PodSpec
	if err := conversion.Convert_v1_PodSpec_To_core_PodSpec(&sent, &internal, nil); err != nil {
		panic(err)
	}
	if err := conversion.Convert_core_PodSpec_To_v1_PodSpec(&internal, &kept, nil); err != nil {
		panic(err)
	}
	return kept
}

func check(step string, spec v1.PodSpec, want string) {
	seen := fmt.Sprintf("serviceAccountName=%q serviceAccount=%q", spec.ServiceAccountName, spec.DeprecatedServiceAccount)
	if seen != want {
		fmt.Println("CHANGED: ", step, seen)
		os.Exit(1)
	}
	fmt.Println("as seen: ", step, seen)
}

func main() {
	const both = `serviceAccountName="shop" serviceAccount="shop"`
	first := stored(v1.PodSpec{ServiceAccountName: "shop"})
	check("sent one field:", first, both)
	merged := first
	merged.ServiceAccountName = ""
	check("removed what was sent:", stored(merged), both)
	merged.DeprecatedServiceAccount = ""
	check("removed both:", stored(merged), `serviceAccountName="" serviceAccount=""`)
}
GO
go mod init try >/dev/null 2>&1
go mod edit -require=k8s.io/kubernetes@v1.34.4
# Kubernetes names its parts by a folder of its own repository.
for part in api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap code-generator component-base \
  component-helpers controller-manager cri-api cri-client csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms \
  kube-aggregator kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission sample-apiserver; do
  go mod edit -replace="k8s.io/$part=k8s.io/$part@v0.34.4"
done
go run -trimpath try.go
