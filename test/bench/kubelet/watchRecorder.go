package main

import (
	"reflect"
	"testing/synctest"
	"time"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/kubelet/util/manager"
	"k8s.io/utils/clock"
)

// watchRecorder is a fresh manager of the watch strategy. It lives in a bubble, where time passes once all wait for it.
type watchRecorder struct {
	pods    map[string]*v1.Pod
	clock   *shiftedClock
	server  *watchServer
	store   manager.Store
	manager manager.Manager
	ending  chan struct{}
}

// shiftedClock tells by how long nothing was read, ahead of the time by which everything else goes.
type shiftedClock struct {
	clock.RealClock
	ahead time.Duration
}

func (c *shiftedClock) Now() time.Time { return c.RealClock.Now().Add(c.ahead) }

func newWatchRecorder(h header, pods map[string]*v1.Pod) *watchRecorder {
	r := &watchRecorder{pods: pods, clock: &shiftedClock{}, server: newWatchServer(h.Kind), ending: make(chan struct{})}
	newObject := func() runtime.Object { return &v1.Secret{} }
	names, resource := secretNames, v1.Resource("secret")
	if h.Kind != "secret" {
		newObject = func() runtime.Object { return &v1.ConfigMap{} }
		names, resource = configMapNames, v1.Resource("configmap")
	}
	streaming := func(of *cache.ListWatch) cache.ListerWatcher {
		return cache.ToListWatcherWithWatchListSemantics(of, r.server)
	}
	maxIdle := time.Duration(h.MaxIdleMs) * time.Millisecond
	r.store = manager.NewObjectCache(
		r.server.list, r.server.watch, newObject, isImmutable, streaming, resource, r.clock, maxIdle, r.ending)
	r.manager = manager.NewCacheBasedManager(r.store, names)
	synctest.Wait()
	return r
}

func isImmutable(object runtime.Object) bool {
	switch of := object.(type) {
	case *v1.Secret:
		return of.Immutable != nil && *of.Immutable
	case *v1.ConfigMap:
		return of.Immutable != nil && *of.Immutable
	}
	return false
}

// end stops what runs, so that the bubble can end.
func (r *watchRecorder) end() { close(r.ending) }

// run applies the arguments of an operation and answers its observations.
func (r *watchRecorder) run(operation []any) []any {
	text := func(i int) string { return operation[i+1].(string) }
	number := func(i int) int { return int(operation[i+1].(float64)) }
	at := func() key { return key{text(0), text(1)} }
	switch name := operation[0].(string); name {
	case "reg":
		r.manager.RegisterPod(r.pods[text(0)])
	case "unreg":
		r.manager.UnregisterPod(r.pods[text(0)])
	case "add":
		r.store.AddReference(text(0), text(1), "")
	case "del":
		r.store.DeleteReference(text(0), text(1), "")
	case "get":
		result := resultOf(r.manager.GetObject(text(0), text(1)))
		return []any{result, r.calls()}
	case "set":
		r.server.set(at(), text(3), operation[5].(bool))
	case "rm":
		r.server.remove(at())
	case "bookmark":
		r.server.bookmark(at())
	case "closewatch":
		r.server.end(at())
	case "watcherr":
		r.server.sendError(at(), text(2))
	case "fail":
		for range number(2) {
			r.server.fail(text(0), text(1))
		}
		return nil
	case "heal":
		clear(r.server.failures)
		return nil
	case "adv":
		r.clock.ahead += time.Duration(number(0)) * time.Millisecond
		return nil
	case "recycle":
		recycle(reflect.ValueOf(r.store).UnsafePointer())
	case "wait":
		time.Sleep(time.Duration(number(0)) * time.Millisecond)
	case "state":
		return []any{r.items(), r.server.open()}
	default:
		panic("unknown operation " + name)
	}
	return []any{r.calls()}
}

// recycle is what the store does each minute, which it lets nobody ask for.
//
//go:linkname recycle k8s.io/kubernetes/pkg/kubelet/util/manager.(*objectCache).startRecycleIdleWatch
func recycle(store unsafe.Pointer)

// calls answers the calls that were made once everything ran that can.
func (r *watchRecorder) calls() [][]string {
	synctest.Wait()
	return r.server.takeCalls()
}

// items reads what is kept out of the store, which shows it to nobody.
func (r *watchRecorder) items() map[string]any {
	items := map[string]any{}
	for entry := reflect.ValueOf(r.store).Elem().FieldByName("items").MapRange(); entry.Next(); {
		of, item := entry.Key(), entry.Value().Elem()
		var references int64
		for count := item.FieldByName("refMap").MapRange(); count.Next(); {
			references += max(0, count.Value().Int())
		}
		items[of.FieldByName("namespace").String()+"/"+of.FieldByName("name").String()] = map[string]any{
			"refs":      references,
			"stopped":   item.FieldByName("stopped").Bool(),
			"immutable": item.FieldByName("immutable").Bool(),
			"synced":    item.FieldByName("store").Elem().FieldByName("initialized").Bool(),
		}
	}
	return items
}
