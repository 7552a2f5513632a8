import { answered, failed, type Answer } from '../objects/failure';
import { ConnectedCluster } from './connectedCluster';
import type { Cluster, ClusterBundle, ClusterHost, Kubeconfig, KubeconfigReading, KubeconfigSource } from './contract';
import { Credentials } from './credentials';
import { configuration } from './requestFailures';
import { LoadedKubeconfig, readKubeconfig as readFiles } from './kubeconfig';
import { chooseProxy } from './proxy';
import { Requests } from './requests';
import { Streams } from './streams';
import { Transport } from './transport';

/** How many requests wait for their answers at a time, and so how many sockets they use. */
const mostParallel = 8;
/** As many as one HTTP/2 session has streams. A server is not asked about thousands of objects all at once. */
const mostParallelStreams = 100;

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
  const requests = new Requests(transport, credentials, host, mostParallel);
  const streams = new Requests(new Streams(server, transport, host), credentials, host, mostParallelStreams);
  return answered(new ConnectedCluster(info, requests, streams, host));
}

// Whoever loads the bundle takes its form on trust; here it is checked.
({ readKubeconfig, connect }) satisfies ClusterBundle;
