import type { DemoManifest } from './contract';

/** Manifests to look around in. The story takes the pods of these workloads from them. */
export const manifests: readonly DemoManifest[] = [
  deployment(
    'storefront',
    2,
    `# A small tea shop. Hover over the names of Secrets and ConfigMaps: does it exist,
# which keys does it have, how old is the copy, and which pods use it?`,
    `      imagePullSecrets:
        # Hover over "registry-login": a Secret with the sign-in of a registry.
        - name: registry-login
      initContainers:
        - name: migrate
          image: storefront-migrate:3.2
          envFrom:
            # Every key of the Secret becomes a variable.
            - secretRef:
                name: db-login
      containers:
        - name: web
          image: storefront:3.2
          envFrom:
            - prefix: SHOP_
              configMapRef:
                name: shop-settings
          env:
            # Hover over "db-login", then over "username": keys are checked, no value is shown.
            - name: DB_USERNAME
              valueFrom:
                secretKeyRef:
                  name: db-login
                  key: username
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: db-login
                  key: password
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef:
                  name: shop-settings
                  key: LOG_LEVEL
          volumeMounts:
            - name: tls
              mountPath: /etc/storefront/tls
              readOnly: true
            - name: tax
              mountPath: /etc/storefront/tax
            - name: brand
              mountPath: /srv/brand
            - name: banner
              mountPath: /srv/banner
      volumes:
        - name: tls
          secret:
            secretName: storefront-tls
        - name: tax
          configMap:
            # Hover over "tax-rates": it is immutable, so its copy never changes.
            name: tax-rates
        - name: brand
          configMap:
            name: brand
            items:
              - key: favicon.ico
                path: favicon.ico
        - name: banner
          configMap:
            # There is no "sale-banner", but it is optional: the pod starts without it.
            name: sale-banner
            optional: true`,
  ),
  deployment(
    'checkout',
    1,
    `# The pod of this Deployment does not start. Hover over the names below to see why.`,
    `      containers:
        - name: checkout
          image: checkout:2.4
          env:
            # Hover over "payment-gatway": a typo. Make it "payment-gateway" and hover again.
            - name: GATEWAY_KEY
              valueFrom:
                secretKeyRef:
                  name: payment-gatway
                  key: api-key
            - name: WEBHOOK_SECRET
              valueFrom:
                secretKeyRef:
                  name: payment-gateway
                  key: webhook-secret
            - name: CURRENCY
              valueFrom:
                configMapKeyRef:
                  name: shop-settings
                  key: CURRENCY`,
  ),
  deployment(
    'search',
    1,
    `# A missing key that keeps the pod from starting, missing ones that do not matter,
# and a Secret that is not for you.`,
    `      containers:
        - name: search
          image: search:0.8
          env:
            # Hover over "api-token": the Secret is there, but has no such key. Which one does it have?
            - name: API_TOKEN
              valueFrom:
                secretKeyRef:
                  name: search-login
                  key: api-token
            # Hover over "previous-token": missing as well, but optional.
            - name: PREVIOUS_TOKEN
              valueFrom:
                secretKeyRef:
                  name: search-login
                  key: previous-token
                  optional: true
            # Hover over "search-synonyms": the whole ConfigMap is missing, and optional.
            - name: SYNONYMS
              valueFrom:
                configMapKeyRef:
                  name: search-synonyms
                  key: en
                  optional: true
            # Hover over "orders-db-root": your role does not allow you to get it.
            # Pods can use it all the same.
            - name: ORDERS_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: orders-db-root
                  key: password`,
  ),
  deployment(
    'pricing',
    1,
    `# A ConfigMap that changes twice a minute. Hover over "tea-prices", wait until its copy
# is stale, and hover again: the resource version is another.`,
    `      containers:
        - name: pricing
          image: pricing:1.9
          volumeMounts:
            - name: prices
              mountPath: /etc/pricing
            # A file mounted by subPath stays as it was when the container started.
            - name: opening-prices
              mountPath: /etc/opening-prices.json
              subPath: prices.json
            - name: keys
              mountPath: /etc/keys
      volumes:
        - name: prices
          configMap:
            name: tea-prices
        - name: opening-prices
          configMap:
            name: tea-prices
        - name: keys
          projected:
            sources:
              - secret:
                  name: session-keys
                  items:
                    - key: current
                      path: session.key
              - configMap:
                  name: tax-rates
                  items:
                    - key: rates.json
                      path: rates.json
              - secret:
                  # Not there yet, and optional.
                  name: session-keys-next
                  optional: true`,
  ),
];

/** @param about Comments for the reader. @param spec The pod's, with the indentation of its place. */
function deployment(name: string, replicas: number, about: string, spec: string): DemoManifest {
  const text = `${about}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: demo-shop
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
${spec}
`;
  return { name: `${name}.yaml`, text };
}
