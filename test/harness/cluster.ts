import { startApiServer } from './apiServer';
import { runUntilInterrupted } from './interruption';
import { loadSample } from './sampleCluster';

// npm run cluster: a local Kubernetes API server with the sample in it, until Ctrl-C.

void runUntilInterrupted(async (atEnd) => {
  const say = (line: string): void => {
    console.log(line);
  };
  const server = await startApiServer({ say, users: [{ name: 'dev' }] });
  atEnd(() => server.stop());
  await loadSample(server);
  console.log(`
Server      ${server.url}
Version     ${server.version}
Kubeconfig  ${server.kubeconfig({ namespace: 'shop' })}
            ${server.kubeconfig({ user: 'dev', namespace: 'shop' })} (a user who may list no Secrets)
Manifests   test/harness/sample

Ctrl-C stops it.`);
});
