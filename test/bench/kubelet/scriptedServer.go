package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
)

// scriptedServer is the API server of the traces: two views of each object, the latest and the cached, and queued failures.
type scriptedServer struct {
	kind     string
	views    map[string]map[key]runtime.Object
	failures map[key][]string
	calls    []string
}

func newScriptedServer(kind string) *scriptedServer {
	views := map[string]map[key]runtime.Object{"L": {}, "C": {}}
	return &scriptedServer{kind: kind, views: views, failures: map[key][]string{}, calls: []string{}}
}

// takeCalls answers the resource version options of the GETs since it was last called.
func (s *scriptedServer) takeCalls() []string {
	calls := s.calls
	s.calls = []string{}
	return calls
}

func (s *scriptedServer) object(name, version, token string) runtime.Object {
	of := metav1.ObjectMeta{Name: name, ResourceVersion: version}
	if s.kind == "secret" {
		return &v1.Secret{ObjectMeta: of, Data: map[string][]byte{"v": []byte(token)}}
	}
	return &v1.ConfigMap{ObjectMeta: of, Data: map[string]string{"v": token}}
}

// set puts an object into a view, or into both; nil takes it away.
func (s *scriptedServer) set(view string, at key, object runtime.Object) {
	for name, objects := range s.views {
		if view != name && view != "B" {
			continue
		}
		if object == nil {
			delete(objects, at)
		} else {
			objects[at] = object
		}
	}
}

func (s *scriptedServer) fail(at key, code string) {
	s.failures[at] = append(s.failures[at], code)
}

func (s *scriptedServer) get(namespace, name string, options metav1.GetOptions) (runtime.Object, error) {
	s.calls = append(s.calls, options.ResourceVersion)
	at := key{namespace, name}
	if codes := s.failures[at]; len(codes) > 0 {
		s.failures[at] = codes[1:]
		return nil, s.failure(codes[0], name)
	}
	view := "L"
	if options.ResourceVersion == "0" {
		view = "C"
	}
	if object := s.views[view][at]; object != nil {
		return object, nil
	}
	return nil, s.failure("404", name)
}

// failure is what a code of the traces stands for.
func (s *scriptedServer) failure(code, name string) error {
	resource := v1.Resource(s.kind + "s")
	status := func(code int32, reason metav1.StatusReason, message string) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Code: code, Reason: reason, Message: message}}
	}
	switch code {
	case "404":
		return apierrors.NewNotFound(resource, name)
	case "404u":
		return status(http.StatusNotFound, "", "the server could not find the requested resource")
	case "404x":
		return status(http.StatusNotFound, "Unheard", "unheard-of reason")
	case "404w":
		return fmt.Errorf("wrapped: %w", apierrors.NewNotFound(resource, name))
	case "nf403":
		return status(http.StatusForbidden, metav1.StatusReasonNotFound, "odd2")
	case "404o":
		return status(http.StatusNotFound, metav1.StatusReasonForbidden, "odd")
	case "500":
		return apierrors.NewInternalError(errors.New("boom"))
	case "403":
		return apierrors.NewForbidden(resource, name, errors.New("denied"))
	case "429":
		return status(http.StatusTooManyRequests, metav1.StatusReasonTooManyRequests, "slow down")
	case "504":
		return status(http.StatusGatewayTimeout, metav1.StatusReasonTimeout, "Timeout: took too long")
	case "503":
		return status(http.StatusServiceUnavailable, metav1.StatusReasonServiceUnavailable, "down")
	case "401":
		return status(http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "who are you")
	case "410":
		return status(http.StatusGone, metav1.StatusReasonGone, "gone")
	case "conn":
		return fmt.Errorf("dial tcp 127.0.0.1:6443: connect: %w", syscall.ECONNREFUSED)
	}
	panic("unknown failure code " + code)
}

// client is the server as a client library shows it, for the managers that take one.
type client struct {
	kubernetes.Interface
	server *scriptedServer
}

func (c client) CoreV1() corev1.CoreV1Interface { return core{server: c.server} }

type core struct {
	corev1.CoreV1Interface
	server *scriptedServer
}

func (c core) Secrets(namespace string) corev1.SecretInterface {
	return secrets{server: c.server, namespace: namespace}
}

func (c core) ConfigMaps(namespace string) corev1.ConfigMapInterface {
	return configMaps{server: c.server, namespace: namespace}
}

type secrets struct {
	corev1.SecretInterface
	server    *scriptedServer
	namespace string
}

func (s secrets) Get(_ context.Context, name string, options metav1.GetOptions) (*v1.Secret, error) {
	object, err := s.server.get(s.namespace, name, options)
	found, _ := object.(*v1.Secret)
	return found, err
}

type configMaps struct {
	corev1.ConfigMapInterface
	server    *scriptedServer
	namespace string
}

func (c configMaps) Get(_ context.Context, name string, options metav1.GetOptions) (*v1.ConfigMap, error) {
	object, err := c.server.get(c.namespace, name, options)
	found, _ := object.(*v1.ConfigMap)
	return found, err
}
