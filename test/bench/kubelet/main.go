// Kubelet runs the kubelet's own Secret and ConfigMap managers beside the ones of this project.
//
//	kubelet bench NAME COUNT   measures one bench of the workload and prints its figures as JSON
//	kubelet record             reads traces without observations, one JSON value a line, and writes them with what it observed
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "bench":
		return bench(arguments[1], arguments[2], os.Stdout)
	case len(arguments) == 1 && arguments[0] == "record":
		return record(os.Stdin, os.Stdout)
	}
	return fmt.Errorf("usage: kubelet bench NAME COUNT | kubelet record")
}
