import { after, before, describe, test } from 'node:test';
import { describeAccess } from './access';
import { accessNamespace, namespace, secret, type ApiUnderTest } from './apiUnderTest';
import { describeClusterLayer } from './clusterLayer';
import { describeForgotten } from './forgotten';
import { describeLists } from './lists';
import { describeObjects } from './oneObject';
import { describePaths } from './paths';
import { describeSelectors } from './selectors';
import { subjectOf, type Check, type Subject } from './subject';
import { describeWatches } from './watches';

/**
 * What Kubefresh relies on in an API server. The same tests run against a real kube-apiserver and against the demo, so
 * that the demo cannot come to behave otherwise.
 */
export function describeContract(name: string, start: () => Promise<ApiUnderTest>): void {
  describe(`${name} keeps the contract of an API server`, () => {
    let api: ApiUnderTest | undefined;
    let subject: Subject;

    before(async () => {
      api = await start();
      await api.put(namespace(accessNamespace));
      for (const one of ['open', 'sealed']) await api.put(secret(accessNamespace, one));
      subject = subjectOf(api);
    });
    after(() => api?.stop());

    const check: Check = (what, run) => {
      test(what, () => run(subject));
    };
    describeObjects(check);
    describeAccess(check);
    describePaths(check);
    describeLists(check);
    describeSelectors(check);
    describeWatches(check);
    describeClusterLayer(check);
    describeForgotten(check);
  });
}
