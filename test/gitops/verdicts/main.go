// What GitOps tools make of objects, by the libraries that they are built with: the kstatus of cli-utils, and the evaluator of Flux'
// healthCheckExprs. Reads a question from standard input and prints a verdict for each of its objects, in their order.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

type question struct {
	Expressions kustomize.HealthCheckExpressions `json:"expressions"`
	Objects     []json.RawMessage                `json:"objects"`
}

type verdict struct {
	Kstatus     status.Status `json:"kstatus"`
	Message     string        `json:"message"`
	Expressions status.Status `json:"expressions"`
}

func judge(object json.RawMessage, evaluator *cel.StatusEvaluator) (verdict, error) {
	var u unstructured.Unstructured
	if err := u.UnmarshalJSON(object); err != nil {
		return verdict{}, err
	}
	computed, err := status.Compute(&u)
	if err != nil {
		return verdict{}, err
	}
	evaluated, err := evaluator.Evaluate(context.Background(), &u)
	if err != nil {
		return verdict{}, err
	}
	return verdict{computed.Status, computed.Message, status.Status(evaluated.Status)}, nil
}

func run(in io.Reader, out io.Writer) error {
	var asked question
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return err
	}
	evaluator, err := cel.NewStatusEvaluator(&asked.Expressions)
	if err != nil {
		return err
	}
	verdicts := []verdict{}
	for index, object := range asked.Objects {
		each, err := judge(bytes.TrimSpace(object), evaluator)
		if err != nil {
			return fmt.Errorf("object %d: %w", index, err)
		}
		verdicts = append(verdicts, each)
	}
	return json.NewEncoder(out).Encode(verdicts)
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
