// A Kubernetes control plane for tests in one program: `api-server serve DIRECTORY FLAG...` runs etcd and the API server,
// `api-server control FLAG...` the controllers, both until standard input ends; `api-server kubectl ARGUMENT...` is kubectl.
package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlerrors "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("want serve, control or kubectl"))
	}
	command, arguments := os.Args[1], os.Args[2:]
	switch {
	case command == "kubectl":
		// kubectl reads its own name from here, for its messages and to find plugins
		os.Args = append([]string{"kubectl"}, arguments...)
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlerrors.CheckErr(err)
		}
	case command == "serve" && len(arguments) > 0:
		serve(arguments[0], arguments[1:])
	case command == "control":
		go exitWithParent()
		os.Args = append([]string{"kube-controller-manager"}, arguments...)
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	default:
		fail(fmt.Errorf("want serve DIRECTORY, control or kubectl, not %q", os.Args[1:]))
	}
}

// serve keeps everything in the directory: data, certificates, and etcd's sockets, so that two servers share nothing.
func serve(directory string, flags []string) {
	go exitWithParent()
	if err := os.MkdirAll(directory, 0o755); err != nil {
		fail(err)
	}
	if err := os.Chdir(directory); err != nil {
		fail(err)
	}
	endpoint, err := startEtcd("etcd")
	if err != nil {
		fail(err)
	}
	os.Args = append([]string{"kube-apiserver", "--etcd-servers=" + endpoint, "--cert-dir=certificates"}, flags...)
	os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
}

// exitWithParent ends the server with whoever holds the other end of its standard input, however that one ended.
func exitWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// startEtcd listens on Unix sockets in the working directory: a port could be taken.
func startEtcd(directory string) (string, error) {
	config := embed.NewConfig()
	config.Dir = filepath.Clean(directory)
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	// etcd insists on a port, which becomes part of the socket's name
	client := url.URL{Scheme: "unix", Host: "etcd-client:0"}
	peer := url.URL{Scheme: "unix", Host: "etcd-peer:0"}
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return "", err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return client.String(), nil
	case err := <-etcd.Err():
		return "", err
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "api-server:", err)
	os.Exit(1)
}
