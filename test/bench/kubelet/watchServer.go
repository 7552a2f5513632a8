package main

import (
	"errors"
	"sort"
	"strconv"
	"sync"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// watchServer is the API server of the watch traces: one version for everything, and queued failures.
type watchServer struct {
	scripted *scriptedServer
	lock     sync.Mutex
	version  int
	objects  map[key]runtime.Object
	changes  []change
	watches  []openWatch
	failures map[string][]string
	calls    [][]string
}

type change struct {
	at      key
	version int
	event   watch.Event
}

type openWatch struct {
	at     key
	events *watch.RaceFreeFakeWatcher
}

func newWatchServer(kind string) *watchServer {
	return &watchServer{
		scripted: newScriptedServer(kind),
		version:  100,
		objects:  map[key]runtime.Object{},
		failures: map[string][]string{},
	}
}

// takeCalls answers the calls since it was last called, sorted by object.
func (s *watchServer) takeCalls() [][]string {
	s.lock.Lock()
	defer s.lock.Unlock()
	calls := s.calls
	s.calls = nil
	sort.SliceStable(calls, func(i, j int) bool { return calls[i][1]+"/"+calls[i][2] < calls[j][1]+"/"+calls[j][2] })
	if calls == nil {
		return [][]string{}
	}
	return calls
}

// open answers the names of what is watched, sorted.
func (s *watchServer) open() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	names := []string{}
	for _, one := range s.watches {
		if !one.events.IsStopped() {
			names = append(names, one.at.namespace+"/"+one.at.name)
		}
	}
	sort.Strings(names)
	return names
}

func (s *watchServer) set(at key, token string, immutable bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.version++
	object := s.scripted.object(at.name, strconv.Itoa(s.version), token)
	accessor, _ := meta.Accessor(object)
	accessor.SetNamespace(at.namespace)
	switch of := object.(type) {
	case *v1.Secret:
		of.Immutable = &immutable
	case *v1.ConfigMap:
		of.Immutable = &immutable
	}
	what := watch.Added
	if s.objects[at] != nil {
		what = watch.Modified
	}
	s.objects[at] = object
	s.tell(at, watch.Event{Type: what, Object: object})
}

func (s *watchServer) remove(at key) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.version++
	object := s.objects[at]
	if object == nil {
		return
	}
	delete(s.objects, at)
	last := object.DeepCopyObject()
	accessor, _ := meta.Accessor(last)
	accessor.SetResourceVersion(strconv.Itoa(s.version))
	s.tell(at, watch.Event{Type: watch.Deleted, Object: last})
}

func (s *watchServer) bookmark(at key) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.version++
	s.each(at, func(events *watch.RaceFreeFakeWatcher) { events.Action(watch.Bookmark, s.mark(nil)) })
}

func (s *watchServer) end(at key) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.each(at, func(events *watch.RaceFreeFakeWatcher) { events.Stop() })
}

func (s *watchServer) sendError(at key, code string) {
	var status apierrors.APIStatus
	if !errors.As(s.scripted.failure(code, at.name), &status) {
		panic("no status: " + code)
	}
	sent := status.Status()
	s.lock.Lock()
	defer s.lock.Unlock()
	s.each(at, func(events *watch.RaceFreeFakeWatcher) { events.Error(&sent) })
}

func (s *watchServer) fail(what, code string) {
	s.failures[what] = append(s.failures[what], code)
}

func (s *watchServer) list(namespace string, options metav1.ListOptions) (runtime.Object, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	at, err := s.called("list", namespace, options)
	if err != nil {
		return nil, err
	}
	of := metav1.ListMeta{ResourceVersion: strconv.Itoa(s.version)}
	object := s.objects[at]
	if s.scripted.kind == "secret" {
		list := &v1.SecretList{ListMeta: of}
		if found, _ := object.(*v1.Secret); found != nil {
			list.Items = []v1.Secret{*found}
		}
		return list, nil
	}
	list := &v1.ConfigMapList{ListMeta: of}
	if found, _ := object.(*v1.ConfigMap); found != nil {
		list.Items = []v1.ConfigMap{*found}
	}
	return list, nil
}

func (s *watchServer) watch(namespace string, options metav1.ListOptions) (watch.Interface, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	streams := options.SendInitialEvents != nil && *options.SendInitialEvents
	what := "watch"
	if streams {
		what = "stream"
	}
	at, err := s.called(what, namespace, options)
	if err != nil {
		return nil, err
	}
	events := watch.NewRaceFreeFake()
	s.watches = append(s.watches, openWatch{at, events})
	if streams {
		if object := s.objects[at]; object != nil {
			events.Add(object)
		}
		events.Action(watch.Bookmark, s.mark(map[string]string{metav1.InitialEventsAnnotationKey: "true"}))
		return events, nil
	}
	since, err := strconv.Atoi(options.ResourceVersion)
	if err != nil {
		panic(err)
	}
	for _, one := range s.changes {
		if one.at == at && one.version > since {
			events.Action(one.event.Type, one.event.Object)
		}
	}
	return events, nil
}

// called notes a call, and answers whose it is and how it fails.
func (s *watchServer) called(what, namespace string, options metav1.ListOptions) (key, error) {
	s.calls = append(s.calls, []string{what, namespace, options.FieldSelector, options.ResourceVersion})
	at := key{namespace, options.FieldSelector[len("metadata.name="):]}
	codes := s.failures[what]
	if len(codes) == 0 {
		return at, nil
	}
	s.failures[what] = codes[1:]
	return at, s.scripted.failure(codes[0], at.name)
}

func (s *watchServer) tell(at key, event watch.Event) {
	s.changes = append(s.changes, change{at, s.version, event})
	s.each(at, func(events *watch.RaceFreeFakeWatcher) { events.Action(event.Type, event.Object) })
}

func (s *watchServer) each(at key, tell func(events *watch.RaceFreeFakeWatcher)) {
	for _, one := range s.watches {
		if one.at == at && !one.events.IsStopped() {
			tell(one.events)
		}
	}
}

// mark is the object of a bookmark.
func (s *watchServer) mark(annotations map[string]string) runtime.Object {
	object := s.scripted.object("", strconv.Itoa(s.version), "")
	accessor, _ := meta.Accessor(object)
	accessor.SetAnnotations(annotations)
	return object
}
