import type { KubeObject } from './kubeObjects';

/** The Secrets of the sample. Nothing in them opens anything: the values only look real. */
export function sampleSecrets(): readonly KubeObject[] {
  return [
    secret('shop', 'db-credentials', {
      username: 'shop_app',
      password: 'correct-horse-battery-staple',
      uri: 'postgresql://shop_app:correct-horse-battery-staple@db.shop.svc:5432/shop',
    }),
    appliedByKubectl(secret('shop', 'api-token', { token: 'sample_tok_4f9d1c77b0e24a6c8a53' })),
    secret('shop', 'cart-redis', { HOST: 'redis.shop.svc', PORT: '6379', PASSWORD: 'sample-redis-7391' }),
    secret('shop', 'orders-signing', {
      'current.pem': pem('SAMPLE SIGNING KEY'),
      'previous.pem': pem('SAMPLE SIGNING KEY'),
    }),
    secret('shop', 'search-index', { apiKey: 'sample-search-0042' }),
    secret(
      'shop',
      'smtp-login',
      { username: 'mailer@shop.example', password: 'sample-smtp-5150' },
      'kubernetes.io/basic-auth',
    ),
    secret('shop', 'web-tls', tls(), 'kubernetes.io/tls'),
    secret('shop', 'registry-pull', dockerConfig('registry.shop.example'), 'kubernetes.io/dockerconfigjson'),
    secret('payments', 'ledger-db', { username: 'ledger', password: 'sample-ledger-8812' }),
    secret('payments', 'ledger-tls', tls(), 'kubernetes.io/tls'),
    secret('payments', 'vault-login', { clientid: 'ledger', clientsecret: 'sample-vault-2718' }),
    secret(
      'monitoring',
      'exporter-login',
      { username: 'prometheus', password: 'sample-scrape-3141' },
      'kubernetes.io/basic-auth',
    ),
    secret('default', 'toolbox-ssh', { id_ed25519: pem('SAMPLE SSH KEY') }),
    secret('default', 'archive-share', {
      azurestorageaccountname: 'archive',
      azurestorageaccountkey: 'sample-share-1618',
    }),
    secret('default', 'archive-chap', {
      'node.session.auth.username': 'archive',
      'node.session.auth.password': 'sample-chap-1414',
    }),
    secret('default', 'archive-cifs', { username: 'archive', password: 'sample-cifs-1732' }),
  ];
}

function secret(
  namespace: string,
  name: string,
  values: Readonly<Record<string, string>>,
  type = 'Opaque',
): KubeObject {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, data };
}

/** `kubectl apply` keeps a copy of the whole object, values included, in an annotation. */
function appliedByKubectl(object: KubeObject): KubeObject {
  const annotation = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) };
  return { ...object, metadata: { ...object.metadata, annotations: annotation } };
}

function tls(): Record<string, string> {
  return { 'tls.crt': pem('CERTIFICATE'), 'tls.key': pem('SAMPLE TLS KEY') };
}

/** Text with the outline of a PEM file. */
function pem(label: string): string {
  const lines = Array.from({ length: 6 }, (_, index) => base64(`sample ${label} line ${index} of nothing at all`));
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function dockerConfig(registry: string): Record<string, string> {
  const auths = {
    [registry]: { username: 'puller', password: 'sample-pull-6626', auth: base64('puller:sample-pull-6626') },
  };
  return { '.dockerconfigjson': JSON.stringify({ auths }) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
