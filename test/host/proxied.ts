import assert from 'node:assert/strict';
import { activated, eventually } from './extension';

describe('through the proxy of the kubeconfig, which the extension host would take away', () => {
  it('reads 20 times over the sockets that it has', async () => {
    const api = await activated();
    await api.session.connect();
    const connection = await eventually(
      api,
      () => (api.session.connection?.pods.feed.state === 'live' ? api.session.connection : undefined),
      'the pods to be listed',
    );
    const key = { kind: 'Secret', namespace: 'shop', name: 'db-credentials' } as const;
    for (let i = 0; i < 20; i += 1) assert.equal((await connection.objects.refresh(key)).outcome, 'fetched');
  });
});
