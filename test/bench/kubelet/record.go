package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"

	v1 "k8s.io/api/core/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/sets"
)

// header starts a trace.
type header struct {
	Kind     string `json:"kind"`
	Strategy string `json:"strategy"`
	T0       int64  `json:"t0"`
	// MaxIdleMs is for the watch strategy.
	MaxIdleMs int64 `json:"maxIdleMs"`
}

// libraryPod is a pod that operations name by its id.
type libraryPod struct {
	ID  string  `json:"id"`
	Pod *v1.Pod `json:"pod"`
}

// operate makes a manager do an operation and answers what was observed.
type operate func(operation []any) []any

// record reads pods, headers and operations, and writes them with what the kubelet's managers make of them.
func record(t *testing.T, file string, out io.Writer) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	// They wait by a time that all bubbles share, though each has its own, and what fails here is meant to.
	utilruntime.ErrorHandlers = nil
	to := json.NewEncoder(out)
	to.SetEscapeHTML(false)
	pods := map[string]*v1.Pod{}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for len(lines) > 0 {
		value, of, err := start(lines[0], pods)
		if err == nil {
			err = to.Encode(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", lines[0], err)
		}
		count := 1
		for count < len(lines) && lines[count][0] == '[' {
			count++
		}
		operations := lines[1:count]
		lines = lines[count:]
		switch {
		case of == nil:
		case of.Strategy == "watch":
			synctest.Test(t, func(*testing.T) {
				recorder := newWatchRecorder(*of, pods)
				defer recorder.end()
				err = runAll(operations, recorder.run, to)
			})
		default:
			err = runAll(operations, newRecorder(*of, pods).run, to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func runAll(operations [][]byte, run operate, to *json.Encoder) error {
	for _, line := range operations {
		var operation []any
		if err := json.Unmarshal(line, &operation); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		if err := to.Encode(append(operation, run(operation)...)); err != nil {
			return err
		}
	}
	return nil
}

// start takes a header, which begins a trace, or a pod. Both go on as they came, and with what is known only here.
func start(line []byte, pods map[string]*v1.Pod) (map[string]any, *header, error) {
	var value map[string]any
	if err := json.Unmarshal(line, &value); err != nil {
		return nil, nil, err
	}
	if _, isHeader := value["trace"]; isHeader {
		var h header
		if err := json.Unmarshal(line, &h); err != nil {
			return nil, nil, err
		}
		value["profile"] = profile()
		return value, &h, nil
	}
	var pod libraryPod
	if err := json.Unmarshal(line, &pod); err != nil {
		return nil, nil, err
	}
	pods[pod.ID] = pod.Pod
	value["secrets"] = sets.List(secretNames(pod.Pod))
	value["configMaps"] = sets.List(configMapNames(pod.Pod))
	return value, nil, nil
}

// profile is the minor version of the kubelet that is built in: 1.37.
func profile() string {
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if module.Path == "k8s.io/kubernetes" {
			parts := strings.SplitN(strings.TrimPrefix(module.Version, "v"), ".", 3)
			return parts[0] + "." + parts[1]
		}
	}
	panic("built without k8s.io/kubernetes")
}
