// Argo CD's config management plugin server, and a client that asks it for manifests as the repo-server does:
// `argocd serve FLAG...` runs the server until standard input ends; `argocd generate SOCKET REPOSITORY APPLICATION
// VARIABLE=VALUE...` prints what its plugin makes of a folder of the repository, a line of JSON an object.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	"github.com/argoproj/argo-cd/v3/cmpserver/apiclient"
	"github.com/argoproj/argo-cd/v3/util/cmp"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) > 0 && arguments[0] == "serve":
		go exitWithParent()
		os.Args = append([]string{"argocd-cmp-server"}, arguments[1:]...)
		return commands.NewCommand().Execute()
	case len(arguments) >= 4 && arguments[0] == "generate":
		return generate(arguments[1], arguments[2], arguments[3], arguments[4:])
	}
	return fmt.Errorf("want serve FLAG... or generate SOCKET REPOSITORY APPLICATION VARIABLE=VALUE..., not %q", arguments)
}

// exitWithParent ends the server with whoever holds the other end of its standard input, however that one ended.
func exitWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// generate sends the repository twice, as the repo-server does: to ask whether the plugin is for it, and for the manifests.
func generate(socket, repository, application string, variables []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	connection, client, err := apiclient.NewConfigManagementPluginClientSet(socket).NewConfigManagementPluginClient()
	if err != nil {
		return err
	}
	defer connection.Close()

	match, err := client.MatchRepository(ctx)
	if err != nil {
		return err
	}
	if err := cmp.SendRepoStream(ctx, application, repository, match, variables, nil); err != nil {
		return err
	}
	matched, err := match.CloseAndRecv()
	if err != nil {
		return err
	}
	if matched.IsDiscoveryEnabled && !matched.IsSupported {
		return fmt.Errorf("the plugin's discovery does not find %s", application)
	}

	generation, err := client.GenerateManifest(ctx)
	if err != nil {
		return err
	}
	if err := cmp.SendRepoStream(ctx, application, repository, generation, variables, nil); err != nil {
		return err
	}
	response, err := generation.CloseAndRecv()
	if err != nil {
		return err
	}
	for _, manifest := range response.Manifests {
		fmt.Println(manifest)
	}
	return nil
}
