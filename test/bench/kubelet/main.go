// Kubelet runs the kubelet's own Secret and ConfigMap managers beside the ones of this project.
//
//	kubelet bench NAME COUNT   measures one bench of the workload and prints its figures as JSON
//	kubelet record FILE        prints the traces of a file, one JSON value a line, with what was observed
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
	case len(arguments) == 2 && arguments[0] == "record":
		return record(arguments[1], os.Stdout)
	}
	return fmt.Errorf("usage: kubelet bench NAME COUNT | kubelet record FILE")
}
