package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/kubelet/util/manager"
	"k8s.io/utils/clock"

	"k8s.io/apimachinery/pkg/util/sets"
)

const namespaces = 100

type key struct{ namespace, name string }

// subject is a manager over a server without latency.
type subject struct {
	store   manager.Store
	manager manager.Manager
}

// server holds the objects that can be read, each of them ready.
type server map[key]*v1.Secret

func newSubject(ttl string, objects server) subject {
	node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node", Annotations: map[string]string{
		v1.ObjectTTLAnnotationKey: ttl, "node.example/a": "x", "node.example/b": "y",
	}}}
	getNode := func(context.Context) (*v1.Node, error) { return node, nil }
	get := func(namespace, name string, _ metav1.GetOptions) (runtime.Object, error) {
		return objects[key{namespace, name}], nil
	}
	ttlOfNode := manager.GetObjectTTLFromNodeFunc(context.Background(), getNode)
	store := manager.NewObjectStore(get, clock.RealClock{}, ttlOfNode, time.Minute)
	return subject{store, manager.NewCacheBasedManager(store, secretNames)}
}

func secretNames(pod *v1.Pod) sets.Set[string] {
	names := sets.New[string]()
	podutil.VisitPodSecretNames(pod, func(name string) bool {
		names.Insert(name)
		return true
	})
	return names
}

func configMapNames(pod *v1.Pod) sets.Set[string] {
	names := sets.New[string]()
	podutil.VisitPodConfigmapNames(pod, func(name string) bool {
		names.Insert(name)
		return true
	})
	return names
}

func newSecret(of key) *v1.Secret {
	return &v1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: of.namespace, Name: of.name, ResourceVersion: "12345"},
		Data:       map[string][]byte{"key": []byte(strings.Repeat("x", 32))},
	}
}

func newKeys(count int) []key {
	keys := make([]key, count)
	for i := range keys {
		keys[i] = key{namespaceOf(i), fmt.Sprintf("obj-%06d", i)}
	}
	return keys
}

func newPods(from, count int) []*v1.Pod {
	pods := make([]*v1.Pod, count)
	for i := range pods {
		pods[i] = newPod(from + i)
	}
	return pods
}

// newPod makes a pod with a pull Secret, one that ten pods share, and two of its own.
func newPod(i int) *v1.Pod {
	secret := func(name string) v1.VolumeSource {
		return v1.VolumeSource{Secret: &v1.SecretVolumeSource{SecretName: name}}
	}
	shared := v1.SecretKeySelector{
		LocalObjectReference: v1.LocalObjectReference{Name: fmt.Sprintf("shared-%05d", i/namespaces/10)},
		Key:                  "key",
	}
	return &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name:      fmt.Sprintf("pod-%06d", i),
			Namespace: namespaceOf(i),
			UID:       types.UID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)),
		},
		Spec: v1.PodSpec{
			ImagePullSecrets: []v1.LocalObjectReference{{Name: "pull"}},
			Containers: []v1.Container{{Name: "main", Env: []v1.EnvVar{
				{Name: "PLAIN"},
				{Name: "FROM_SECRET", ValueFrom: &v1.EnvVarSource{SecretKeyRef: &shared}},
			}}},
			Volumes: []v1.Volume{
				{Name: "a", VolumeSource: secret(fmt.Sprintf("own-a-%06d", i))},
				{Name: "b", VolumeSource: secret(fmt.Sprintf("own-b-%06d", i))},
				{Name: "scratch", VolumeSource: v1.VolumeSource{EmptyDir: &v1.EmptyDirVolumeSource{}}},
			},
		},
	}
}

// inPseudoRandomOrder picks items by a linear congruential generator.
func inPseudoRandomOrder[T any](items []T, count int) []*T {
	picked := make([]*T, count)
	x := uint32(1)
	for i := range picked {
		x = x*1664525 + 1013904223
		picked[i] = &items[uint64(x)*uint64(len(items))>>32]
	}
	return picked
}

func namespaceOf(i int) string {
	return fmt.Sprintf("ns-%03d", i%namespaces)
}
