package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/kubelet/configmap"
	"k8s.io/kubernetes/pkg/kubelet/secret"
	"k8s.io/kubernetes/pkg/kubelet/util/manager"
	testingclock "k8s.io/utils/clock/testing"
)

// recorder is a fresh manager and all that it depends on, driven by the operations of a trace.
type recorder struct {
	pods    map[string]*v1.Pod
	clock   *testingclock.FakeClock
	server  *scriptedServer
	node    string
	ttl     *string
	store   manager.Store
	manager podManager
}

// podManager is what the managers of every strategy can do.
type podManager interface {
	GetObject(namespace, name string) (runtime.Object, error)
	RegisterPod(pod *v1.Pod)
	UnregisterPod(pod *v1.Pod)
}

func newRecorder(h header, pods map[string]*v1.Pod) *recorder {
	r := &recorder{pods: pods, clock: testingclock.NewFakeClock(time.UnixMilli(h.T0)), node: "ok"}
	r.server = newScriptedServer(h.Kind)
	if h.Strategy == "get" {
		if h.Kind == "secret" {
			simple := secret.NewSimpleSecretManager(client{server: r.server})
			r.manager = typed[*v1.Secret]{simple, simple.GetSecret}
		} else {
			simple := configmap.NewSimpleConfigMapManager(client{server: r.server})
			r.manager = typed[*v1.ConfigMap]{simple, simple.GetConfigMap}
		}
		return r
	}
	names := secretNames
	if h.Kind != "secret" {
		names = configMapNames
	}
	ttl := manager.GetObjectTTLFromNodeFunc(context.Background(), r.getNode)
	r.store = manager.NewObjectStore(r.server.get, r.clock, ttl, time.Minute)
	r.manager = manager.NewCacheBasedManager(r.store, names)
	return r
}

// typed is a manager of one kind as one of objects.
type typed[T runtime.Object] struct {
	pods interface {
		RegisterPod(pod *v1.Pod)
		UnregisterPod(pod *v1.Pod)
	}
	get func(namespace, name string) (T, error)
}

func (t typed[T]) RegisterPod(pod *v1.Pod)   { t.pods.RegisterPod(pod) }
func (t typed[T]) UnregisterPod(pod *v1.Pod) { t.pods.UnregisterPod(pod) }
func (t typed[T]) GetObject(namespace, name string) (runtime.Object, error) {
	return t.get(namespace, name)
}

func (r *recorder) getNode(context.Context) (*v1.Node, error) {
	node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node"}}
	switch r.node {
	case "err":
		return nil, fmt.Errorf("no node")
	case "nil":
		return nil, nil
	case "ok":
		node.Annotations = map[string]string{"other": "x"}
		if r.ttl != nil {
			node.Annotations[v1.ObjectTTLAnnotationKey] = *r.ttl
		}
	}
	return node, nil
}

// run applies the arguments of an operation and answers its observations.
func (r *recorder) run(operation []any) []any {
	name := operation[0].(string)
	text := func(i int) string { return operation[i+1].(string) }
	number := func(i int) int { return int(operation[i+1].(float64)) }
	switch name {
	case "reg":
		r.manager.RegisterPod(r.pods[text(0)])
	case "unreg":
		r.manager.UnregisterPod(r.pods[text(0)])
	case "add":
		r.store.AddReference(text(0), text(1), "")
	case "del":
		r.store.DeleteReference(text(0), text(1), "")
	case "get":
		object, err := r.manager.GetObject(text(0), text(1))
		return []any{resultOf(object, err), r.server.takeCalls()}
	case "adv":
		r.clock.Step(time.Duration(number(0)) * time.Millisecond)
	case "set":
		r.server.set(text(0), key{text(1), text(2)}, r.server.object(text(2), text(3), text(4)))
	case "rm":
		r.server.set(text(0), key{text(1), text(2)}, nil)
	case "fail":
		for range number(3) {
			r.server.fail(key{text(0), text(1)}, text(2))
		}
	case "ttl":
		r.ttl = nil
		if value, given := operation[1].(string); given {
			r.ttl = &value
		}
	case "node":
		r.node = text(0)
	case "refs":
		return []any{r.references()}
	default:
		panic("unknown operation " + name)
	}
	return nil
}

// references reads the counts out of the store, which shows them to nobody.
func (r *recorder) references() map[string]int64 {
	counts := map[string]int64{}
	for item := reflect.ValueOf(r.store).Elem().FieldByName("items").MapRange(); item.Next(); {
		of, kept := item.Key(), item.Value().Elem()
		name := of.FieldByName("namespace").String() + "/" + of.FieldByName("name").String()
		counts[name] = kept.FieldByName("refCount").Int()
	}
	return counts
}

func resultOf(object runtime.Object, err error) []any {
	if err != nil {
		return []any{"err", kindOf(err), err.Error()}
	}
	accessor, _ := meta.Accessor(object)
	var token string
	switch of := object.(type) {
	case *v1.Secret:
		token = string(of.Data["v"])
	case *v1.ConfigMap:
		token = of.Data["v"]
	}
	return []any{"ok", accessor.GetResourceVersion(), token}
}

func kindOf(err error) string {
	switch reason := apierrors.ReasonForError(err); {
	case apierrors.IsNotFound(err):
		return "NotFound"
	case reason != metav1.StatusReasonUnknown:
		return string(reason)
	case strings.HasSuffix(err.Error(), " not registered"):
		return "NotRegistered"
	case strings.HasPrefix(err.Error(), "failed to sync "):
		return "NotSynced"
	}
	return "Other"
}
