package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
)

// header starts a trace.
type header struct {
	Kind     string `json:"kind"`
	Strategy string `json:"strategy"`
	T0       int64  `json:"t0"`
}

// libraryPod is a pod that operations name by its id.
type libraryPod struct {
	ID  string  `json:"id"`
	Pod *v1.Pod `json:"pod"`
}

// record reads pods, headers and operations, and writes them with what the kubelet's managers make of them.
func record(file string, out io.Writer) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	to := json.NewEncoder(out)
	to.SetEscapeHTML(false)
	pods := map[string]*v1.Pod{}
	var current *recorder
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) == 0 {
			continue
		}
		var value any
		switch line[0] {
		case '[':
			var operation []any
			if err = json.Unmarshal(line, &operation); err == nil {
				value = append(operation, current.run(operation)...)
			}
		case '{':
			value, err = start(line, pods, &current)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		if err := to.Encode(value); err != nil {
			return err
		}
	}
	return lines.Err()
}

// start takes a header, which begins a trace, or a pod. Both go on as they came, and with what is known only here.
func start(line []byte, pods map[string]*v1.Pod, current **recorder) (map[string]any, error) {
	var value map[string]any
	if err := json.Unmarshal(line, &value); err != nil {
		return nil, err
	}
	if _, isHeader := value["trace"]; isHeader {
		var h header
		if err := json.Unmarshal(line, &h); err != nil {
			return nil, err
		}
		*current = newRecorder(h, pods)
		value["profile"] = profile()
		return value, nil
	}
	var pod libraryPod
	if err := json.Unmarshal(line, &pod); err != nil {
		return nil, err
	}
	pods[pod.ID] = pod.Pod
	value["secrets"] = sets.List(secretNames(pod.Pod))
	value["configMaps"] = sets.List(configMapNames(pod.Pod))
	return value, nil
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
