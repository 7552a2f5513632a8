package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"syscall"

	v1 "k8s.io/api/core/v1"
)

const rounds = 5

// figures are what one bench measured: nanoseconds an operation, the least of some rounds, or bytes a pod.
type figures map[string]float64

func bench(name, countText string, out io.Writer) error {
	// The other side has one thread as well.
	runtime.GOMAXPROCS(1)
	count, err := strconv.Atoi(countText)
	if err != nil {
		return err
	}
	measure, known := map[string]func(int) figures{
		"get": benchGet, "stale": benchStale, "register": benchRegister, "bulk": benchBulk, "bytes": benchBytes,
	}[name]
	if !known {
		return fmt.Errorf("unknown bench %q", name)
	}
	return json.NewEncoder(out).Encode(measure(count))
}

func benchGet(objects int) figures {
	s, order := fetched("86400", objects)
	return figures{
		"hit": least(len(order), func(i int) { s.store.Get(order[i].namespace, order[i].name) }),
		"miss": least(50_000, func(int) {
			s.store.Get("ns-000", "none")
		}),
	}
}

func benchStale(objects int) figures {
	s, order := fetched("0", objects)
	return figures{"stale": least(len(order), func(i int) { s.store.Get(order[i].namespace, order[i].name) })}
}

// fetched answers a store in which everything was read once, and keys in the order to read them in.
func fetched(ttl string, objects int) (subject, []*key) {
	keys := newKeys(objects)
	at := server{}
	for _, k := range keys {
		at[k] = newSecret(k)
	}
	s := newSubject(ttl, at)
	for _, k := range keys {
		s.store.AddReference(k.namespace, k.name, "")
		s.store.Get(k.namespace, k.name)
	}
	return s, inPseudoRandomOrder(keys, 200_000)
}

func benchRegister(count int) figures {
	s := newSubject("86400", server{})
	pods, further := newPods(0, count), newPods(count, 256)
	for _, pod := range pods {
		s.manager.RegisterPod(pod)
	}
	order := inPseudoRandomOrder(pods, 20_000)
	return figures{
		"register": least(20_000, func(i int) {
			s.manager.RegisterPod(further[i%256])
			s.manager.UnregisterPod(further[i%256])
		}),
		"again": least(20_000, func(i int) { s.manager.RegisterPod(*order[i]) }),
	}
}

func benchBulk(count int) figures {
	pods := newPods(0, count)
	best := figures{"registerAll": math.Inf(1), "unregisterAll": math.Inf(1)}
	for range rounds {
		s := newSubject("86400", server{})
		runtime.GC()
		best["registerAll"] = min(best["registerAll"], perOperation(count, func(i int) { s.manager.RegisterPod(pods[i]) }))
		best["unregisterAll"] = min(best["unregisterAll"], perOperation(count, func(i int) { s.manager.UnregisterPod(pods[i]) }))
	}
	return best
}

func benchBytes(count int) figures {
	pods := newPods(0, count)
	keys, objects := objectsOf(pods)
	before := heapInUse()
	s := newSubject("86400", objects)
	for _, pod := range pods {
		s.manager.RegisterPod(pod)
	}
	registered := heapInUse() - before
	for _, k := range keys {
		s.manager.GetObject(k.namespace, k.name)
	}
	everything := heapInUse() - before
	runtime.KeepAlive(s)
	runtime.KeepAlive(pods)
	runtime.KeepAlive(keys)
	runtime.KeepAlive(objects)
	return figures{"registered": registered / float64(count), "fetched": everything / float64(count)}
}

func objectsOf(pods []*v1.Pod) ([]key, server) {
	var keys []key
	objects := server{}
	for _, pod := range pods {
		for name := range secretNames(pod) {
			k := key{pod.Namespace, name}
			if objects[k] == nil {
				objects[k] = newSecret(k)
				keys = append(keys, k)
			}
		}
	}
	return keys, objects
}

func least(count int, operation func(i int)) float64 {
	best := math.Inf(1)
	for range rounds {
		best = min(best, perOperation(count, operation))
	}
	return best
}

func perOperation(count int, operation func(i int)) float64 {
	start := nanosecondsUsed()
	for i := range count {
		operation(i)
	}
	return float64(nanosecondsUsed()-start) / float64(count)
}

// nanosecondsUsed tells the time of processors: on a busy machine the time of day would tell of others.
func nanosecondsUsed() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func heapInUse() float64 {
	runtime.GC()
	runtime.GC()
	var statistics runtime.MemStats
	runtime.ReadMemStats(&statistics)
	return float64(statistics.HeapAlloc)
}
