import { randomBytes } from 'node:crypto';
import { DisposableList } from '../objects/disposable';
import { ApiServer } from './apiServer';
import type { Demo, DemoBundle, DemoHost } from './contract';
import { manifests } from './manifests';
import { ObjectStore } from './objectStore';
import { denials, script, story } from './story';
import { storyObjects } from './storyObjects';
import { StoryPlayer } from './storyPlayer';

/** The name of the context, of its cluster and of its user. */
const name = 'demo';

/** Starts the demo cluster on a free port of 127.0.0.1. Rejects if there is none. */
export async function startDemo(host: DemoHost): Promise<Demo> {
  const { clock } = host;
  const token = host.token ?? randomBytes(32).toString('base64url');
  const store = new ObjectStore(() => clock.wallTime());
  for (const object of storyObjects(story, clock.wallTime())) store.create(object);
  const owned = new DisposableList();
  const server = owned.add(await ApiServer.listening({ store, clock, user: { name, token, denials } }));
  owned.add(new StoryPlayer(store, story, script, clock));
  return {
    server: server.url,
    kubeconfig: kubeconfigOf(server.url, token),
    manifests,
    dispose: () => {
      owned.dispose();
    },
  };
}

/** JSON, which is YAML as well. */
function kubeconfigOf(server: string, token: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: story.namespace } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

// Whoever loads the bundle takes its form on trust; here it is checked.
({ startDemo }) satisfies DemoBundle;
