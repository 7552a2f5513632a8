import { parse } from 'yaml';
import type { Denial } from './access';
import { manifests } from './manifests';
import type { PodSpec, Script, Story } from './storyRows';

const shop = 'demo-shop';
const payments = 'demo-payments';
const nodeA = 'demo-node-a';
const nodeB = 'demo-node-b';

const archiveLogin = { name: 'archive-login' };

/** A variable from a key of a Secret. */
function fromSecret(variable: string, name: string, key: string): object {
  return { name: variable, valueFrom: { secretKeyRef: { name, key } } };
}

/** The pod spec in a manifest of the demo. */
function specOf(workload: string): PodSpec {
  const text = manifests.find(({ name }) => name === `${workload}.yaml`)?.text ?? '';
  return (parse(text) as { readonly spec: { readonly template: { readonly spec: PodSpec } } }).spec.template.spec;
}

/**
 * The demo's cluster, all of it: a small shop that sells tea, with every way in which a pod comes by a Secret or
 * ConfigMap, and everything that goes wrong with it.
 */
export const story: Story = {
  namespace: shop,
  namespaces: [shop, payments],
  nodes: [
    // The pods of the shop follow the time to live of this one, the first by name.
    { name: nodeA, ttlSeconds: 30 },
    // The usual time to live on clusters of up to 100 nodes: each use reads again.
    { name: nodeB, ttlSeconds: 0 },
  ],
  // Values are made up from the names of their keys, unless given here.
  secrets: [
    { namespace: shop, name: 'db-login', keys: ['username', 'password'] },
    { namespace: shop, name: 'session-keys', keys: ['current', 'previous'] },
    { namespace: shop, name: 'storefront-tls', type: 'kubernetes.io/tls', keys: ['tls.crt', 'tls.key'] },
    {
      namespace: shop,
      name: 'registry-login',
      type: 'kubernetes.io/dockerconfigjson',
      keys: ['.dockerconfigjson'],
      value: '{"auths":{"registry.example":{"username":"demo","password":"demo-only-registry-password"}}}',
    },
    // The deployment `checkout` asks for `payment-gatway`, which does not exist.
    { namespace: shop, name: 'payment-gateway', keys: ['api-key', 'webhook-secret'] },
    // The deployment `search` asks for the key `api-token`, which this one does not have.
    { namespace: shop, name: 'search-login', keys: ['apiToken'] },
    // Read by the kubelet for its pod, but not by the user of the demo.
    { namespace: shop, name: 'orders-db-root', keys: ['password'] },
    { namespace: shop, name: 'mail-login', type: 'kubernetes.io/basic-auth', keys: ['username', 'password'] },
    { namespace: shop, name: 'log-store', keys: ['token'] },
    { namespace: payments, name: 'ledger-db', keys: ['username', 'password'] },
    { namespace: payments, name: 'archive-login', keys: ['username', 'password'] },
  ],
  configMaps: [
    { namespace: shop, name: 'shop-settings', data: { CURRENCY: 'EUR', LANGUAGE: 'en', LOG_LEVEL: 'info' } },
    // Changes twice a minute: see `script`.
    { namespace: shop, name: 'tea-prices', data: { 'prices.json': '{ "assam": 4.1, "sencha": 6.25 }\n' } },
    { namespace: shop, name: 'tax-rates', immutable: true, data: { 'rates.json': '{"DE":0.07,"FR":0.055}' } },
    {
      namespace: shop,
      name: 'brand',
      data: { 'theme.css': ':root { --tea: #6b8e23; }\n' },
      binaryData: {
        'favicon.ico': 'AAABAAEAAQEAAAEAGAAwAAAAFgAAACgAAAABAAAAAgAAAAEAGAAAAAAACAAAAAAAAAAAAAAAAAAAAAAAAAAjjmsA',
      },
    },
    { namespace: shop, name: 'log-shipper', data: { 'shipper.yaml': 'batch: 500\n' } },
    { namespace: payments, name: 'ledger-settings', data: { PERIOD: 'month' } },
  ],
  workloads: [
    // The good one: everything it refers to exists, but for what is optional.
    {
      namespace: shop,
      name: 'storefront',
      owner: 'Deployment',
      nodes: [nodeA, nodeB],
      state: { is: 'running', minutes: 180 },
      spec: specOf('storefront'),
    },
    // The same ConfigMap as a volume, which follows it, and by subPath, which never does.
    {
      namespace: shop,
      name: 'pricing',
      owner: 'Deployment',
      nodes: [nodeA],
      state: { is: 'running', minutes: 95 },
      spec: specOf('pricing'),
    },
    // A typo in the name of a Secret.
    {
      namespace: shop,
      name: 'checkout',
      owner: 'Deployment',
      nodes: [nodeB],
      state: { is: 'waiting', reason: 'CreateContainerConfigError', message: 'secret "payment-gatway" not found' },
      spec: specOf('checkout'),
    },
    // A key that the Secret does not have, once required and once optional, and a Secret that the user may not read.
    {
      namespace: shop,
      name: 'search',
      owner: 'Deployment',
      nodes: [nodeA],
      state: {
        is: 'waiting',
        reason: 'CreateContainerConfigError',
        message: "couldn't find key api-token in Secret demo-shop/search-login",
      },
      spec: specOf('search'),
    },
    // Runs with the Secret that the user may not read.
    {
      namespace: shop,
      name: 'orders-db',
      owner: 'StatefulSet',
      nodes: [nodeA, nodeB],
      state: { is: 'running', minutes: 2_880 },
      spec: {
        containers: [
          {
            name: 'postgres',
            image: 'postgres:17',
            env: [fromSecret('POSTGRES_PASSWORD', 'orders-db-root', 'password')],
            envFrom: [{ secretRef: { name: 'db-login' } }],
          },
        ],
      },
    },
    // Restarts now and then: see `script`.
    {
      namespace: shop,
      name: 'mailer',
      owner: 'Deployment',
      nodes: [nodeB],
      state: { is: 'running', minutes: 12, restarts: 3 },
      spec: {
        containers: [
          {
            name: 'mailer',
            image: 'mailer:1.1',
            envFrom: [
              { prefix: 'MAIL_', secretRef: { name: 'mail-login' } },
              { configMapRef: { name: 'shop-settings' } },
            ],
          },
        ],
      },
    },
    // A driver that signs in with a Secret.
    {
      namespace: shop,
      name: 'log-shipper',
      owner: 'DaemonSet',
      nodes: [nodeA, nodeB],
      state: { is: 'running', minutes: 10_080 },
      spec: {
        containers: [
          {
            name: 'shipper',
            image: 'log-shipper:5.0',
            volumeMounts: [
              { name: 'config', mountPath: '/etc/shipper' },
              { name: 'store', mountPath: '/var/store' },
            ],
          },
        ],
        volumes: [
          { name: 'config', configMap: { name: 'log-shipper' } },
          { name: 'store', csi: { driver: 'logs.csi.example', nodePublishSecretRef: { name: 'log-store' } } },
        ],
      },
    },
    // It has finished, so it needs nothing any more.
    {
      namespace: shop,
      name: 'nightly-report',
      owner: 'Job',
      nodes: [nodeB],
      state: { is: 'succeeded', minutes: 420 },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'report',
            image: 'report:1.0',
            env: [fromSecret('DB_PASSWORD', 'db-login', 'password')],
          },
        ],
      },
    },
    // Made by hand, with a container that `kubectl debug` added.
    {
      namespace: shop,
      name: 'toolbox',
      owner: 'none',
      nodes: [nodeA],
      state: { is: 'running', minutes: 30 },
      spec: {
        containers: [{ name: 'shell', image: 'shell:1.0', command: ['sleep', '1d'] }],
        ephemeralContainers: [
          {
            name: 'debugger',
            image: 'debug:1.0',
            env: [fromSecret('LOG_TOKEN', 'log-store', 'token')],
          },
        ],
      },
    },
    {
      namespace: payments,
      name: 'ledger',
      owner: 'Deployment',
      nodes: [nodeB],
      state: { is: 'running', minutes: 600 },
      spec: {
        containers: [
          {
            name: 'ledger',
            image: 'ledger:2.0',
            envFrom: [{ secretRef: { name: 'ledger-db' } }, { configMapRef: { name: 'ledger-settings' } }],
          },
        ],
      },
    },
    // The older kinds of storage, each of which signs in with a Secret.
    {
      namespace: payments,
      name: 'archive-import',
      owner: 'none',
      nodes: [nodeA],
      state: { is: 'waiting', reason: 'ContainerCreating' },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'import', image: 'import:1.0' }],
        volumes: [
          { name: 'azure', azureFile: { secretName: 'archive-login', shareName: 'archive' } },
          { name: 'ceph', cephfs: { monitors: ['ceph.example:6789'], secretRef: archiveLogin } },
          { name: 'cinder', cinder: { volumeID: 'archive', secretRef: archiveLogin } },
          { name: 'flex', flexVolume: { driver: 'example/archive', secretRef: archiveLogin } },
          {
            name: 'rbd',
            rbd: { monitors: ['ceph.example:6789'], image: 'archive', secretRef: archiveLogin },
          },
          {
            name: 'scale',
            scaleIO: {
              gateway: 'https://scale.example',
              system: 'archive',
              volumeName: 'archive',
              secretRef: archiveLogin,
            },
          },
          {
            name: 'iscsi',
            iscsi: {
              targetPortal: '192.0.2.20:3260',
              iqn: 'iqn.2026-01.example:archive',
              lun: 0,
              chapAuthSession: true,
              secretRef: archiveLogin,
            },
          },
          { name: 'storageos', storageos: { volumeName: 'archive', secretRef: archiveLogin } },
        ],
      },
    },
  ],
};

/** What the user of the demo may not do. It never needs to list all Secrets. */
export const denials: readonly Denial[] = [
  { resource: 'secrets', verbs: ['list', 'watch'], object: 'all' },
  { resource: 'secrets', verbs: ['get', 'list', 'watch'], object: { namespace: shop, name: 'orders-db-root' } },
];

/** What happens: something at each step, and more in a round of steps, which begins again after the last. */
export const script: Script = {
  stepMs: 30_000,
  each: [{ act: 'reprice', namespace: shop, configMap: 'tea-prices' }],
  round: [
    [],
    [{ act: 'replace', namespace: shop, workload: 'storefront' }],
    [{ act: 'settle', namespace: shop, workload: 'storefront' }],
    [{ act: 'setTtl', node: nodeA, seconds: 60 }],
    [{ act: 'crash', namespace: shop, workload: 'mailer' }],
    [{ act: 'recover', namespace: shop, workload: 'mailer' }],
    [],
    [{ act: 'setTtl', node: nodeA, seconds: 30 }],
  ],
};
