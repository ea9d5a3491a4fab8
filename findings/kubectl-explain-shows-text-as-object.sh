#!/usr/bin/env bash
# k8s.io/kubectl 0.34.4 (Go): which type `kubectl explain` prints for a field whose schema has an allOf.
#
# Guess: the type that stands beside allOf: string.
# Seen: with exactly one schema in allOf, explain takes the type of that schema in place of the field's. A CustomResourceDefinition may have no
#   type within allOf (a structural schema forbids it), so a text with a second pattern is shown as an object. With two schemas in allOf, or with
#   none, it is shown as what it is.
#     type: string, pattern: A                            <string>
#     type: string, pattern: A, allOf: [{pattern: B}]     <Object>
#     type: string, allOf: [{pattern: A}, {pattern: B}]   <string>
# Fails if that changes. Needs Go; the first run compiles kubectl's explain, which takes a minute.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod
cat >try.go <<'GO'
package main

import (
	"os"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/openapi"
	explain "k8s.io/kubectl/pkg/explain/v2"
)

const document = `{
  "openapi": "3.0.0", "info": {"title": "pets", "version": "v1"},
  "paths": {"/apis/example.com/v1/pets": {"get": {"x-kubernetes-group-version-kind": {"group": "example.com", "version": "v1", "kind": "Pet"}}}},
  "components": {"schemas": {"com.example.v1.Pet": {
    "type": "object",
    "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Pet"}],
    "properties": {
      "onePattern": {"type": "string", "pattern": "^a"},
      "patternBesideAllOf": {"type": "string", "pattern": "^a", "allOf": [{"pattern": "b$"}]},
      "patternsInAllOf": {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "b$"}]}
    }}}}}`

// groupVersion is the only one that the client has.
type groupVersion struct{}

func (groupVersion) Schema(string) ([]byte, error) { return []byte(document), nil }
func (groupVersion) ServerRelativeURL() string     { return "/openapi/v3/apis/example.com/v1" }

type client struct{}

func (client) Paths() (map[string]openapi.GroupVersion, error) {
	return map[string]openapi.GroupVersion{"apis/example.com/v1": groupVersion{}}, nil
}

func main() {
	resource := schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "pets"}
	if err := explain.PrintModelDescription(nil, os.Stdout, client{}, resource, false, "plaintext"); err != nil {
		panic(err)
	}
}
GO
cat >go.mod <<'MOD'
module try

go 1.24.0

require (
	k8s.io/apimachinery v0.34.4
	k8s.io/client-go v0.34.4
	k8s.io/kubectl v0.34.4
)
MOD
go run try.go >seen.txt
cat seen.txt
type_of() { sed -n "s/^ *$1[[:space:]]*<\(.*\)>$/\1/p" seen.txt; }
[ "$(type_of onePattern)" = string ]
[ "$(type_of patternBesideAllOf)" = Object ]
[ "$(type_of patternsInAllOf)" = string ]
echo 'as described'
