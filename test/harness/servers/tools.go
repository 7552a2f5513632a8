//go:build tools

// Package servers names the programs that the tests run, so that go.mod and go.sum hold all that a build of them needs.
package servers

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
