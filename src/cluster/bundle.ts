import { answered, failed, type Answer } from '../objects/failure';
import { ConnectedCluster } from './connectedCluster';
import type { Cluster, ClusterBundle, ClusterHost, Kubeconfig } from './contract';
import { Credentials } from './credentials';
import { configuration } from './requestFailures';
import { LoadedKubeconfig, readKubeconfig } from './kubeconfig';
import { chooseProxy } from './proxy';
import { Requests } from './requests';
import { Streams } from './streams';
import { Transport } from './transport';

/** Requests that may wait for an answer at the same time. Each takes a socket. */
const maxParallelRequests = 8;
/** The same for lists and watches of single objects: as many as one HTTP/2 session has streams. */
const maxParallelStreams = 100;

export { readKubeconfig };

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
  const requests = new Requests(transport, credentials, host, maxParallelRequests);
  const streams = new Requests(new Streams(server, transport, host), credentials, host, maxParallelStreams);
  return answered(new ConnectedCluster(info, requests, streams, host));
}

// The extension loads this file at run time, so only here can the compiler check what it exports.
({ readKubeconfig, connect }) satisfies ClusterBundle;
