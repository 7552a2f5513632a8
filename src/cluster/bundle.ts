import { answered, failed, type Answer } from '../objects/failure';
import { ConnectedCluster } from './connectedCluster';
import type { Cluster, ClusterBundle, ClusterHost, Kubeconfig, KubeconfigReading, KubeconfigSource } from './contract';
import { Credentials } from './credentials';
import { configuration } from './failures';
import { LoadedKubeconfig, readKubeconfig as readFiles } from './kubeconfig';
import { chooseProxy } from './proxy';
import { Requests } from './requests';
import { Transport } from './transport';

/** Finds, reads and merges the kubeconfig as kubectl does. */
export function readKubeconfig(source: KubeconfigSource): Promise<KubeconfigReading> {
  return readFiles(source);
}

/**
 * Prepares requests to the cluster of a context; sends none and runs no plugin. Fails as `configuration` if the
 * context, its cluster, its user or its proxy cannot be used.
 * @param kubeconfig As {@link readKubeconfig} answered it.
 */
export function connect(kubeconfig: Kubeconfig, context: string, host: ClusterHost): Answer<Cluster> {
  if (!(kubeconfig instanceof LoadedKubeconfig))
    return failed(configuration('The kubeconfig was not read by this bundle.'));
  const resolved = kubeconfig.resolve(context);
  if (!resolved.ok) return resolved;
  const { cluster, info } = resolved.value;
  const server = new URL(cluster.server);
  const proxy = chooseProxy(server, cluster.proxyUrl, host.env);
  if (!proxy.ok) return proxy;
  const credentials = new Credentials(resolved.value, proxy.value, host);
  const transport = new Transport(server, proxy.value);
  return answered(new ConnectedCluster(info, new Requests(transport, credentials, host), host));
}

// Whoever loads the bundle takes its form on trust; here it is checked.
({ readKubeconfig, connect }) satisfies ClusterBundle;
