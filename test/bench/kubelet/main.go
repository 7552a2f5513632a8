// Kubelet runs the kubelet's own Secret and ConfigMap managers beside the ones of this project.
//
//	kubelet bench NAME COUNT   measures one bench of the workload and prints its figures as JSON
//	kubelet record FILE        prints the traces of a file, one JSON value a line, with what was observed
package main

import (
	"fmt"
	"os"
	"testing"
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
		inTest(func(t *testing.T) error { return record(t, arguments[1], os.Stdout) })
	}
	return fmt.Errorf("usage: kubelet bench NAME COUNT | kubelet record FILE")
}

// inTest runs what needs a test, such as bubbles of time, and exits as the program does.
func inTest(run func(t *testing.T) error) {
	one := testing.InternalTest{Name: "run", F: func(t *testing.T) {
		if err := run(t); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		// The end of a test would be printed among the results.
		os.Exit(0)
	}}
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{one}, nil, nil)
}
