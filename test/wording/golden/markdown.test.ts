import { describe } from 'node:test';
import { Sealed } from '../../../src/objects/sealed';
import { secret } from '../../connection/support';
import { everything, golden, scene, specPod } from './scene';

describe('golden texts: names and messages with Markdown in them', () => {
  scene({
    name: 'are shown as they are',
    play: async (bench) => {
      const type = '[type](command:x) **bold** $(trash)';
      const data = new Map([['_key_.<b>&', new Sealed('')]]);
      bench.cluster.put({ ...secret('__db__', '1'), type, data });
      bench.cluster.failures.set('Secret/shop/bad', {
        kind: 'server',
        message: '![image](https://example.com/x.png) <script> ask admin@example.com or www.example.com #1',
      });
      await bench.start(
        specPod('*web*', {
          nodeName: 'node_1~',
          containers: [
            { name: '*main*', envFrom: [{ secretRef: { name: '__db__' } }, { secretRef: { name: 'bad' } }] },
          ],
        }),
      );
      return everything(bench);
    },
    says: golden`
      pod *web*
        icon     server-process
        row      1 problem · Running
        aloud    Pod *web*, Running, 1 problem
        tooltip  Pod \*web\* in namespace shop ⏎ on node node\_1\~
                 Secret bad: Failed at 12:00:00: \!\[image\]\(https:&#8203;//example.com/x.png\) &lt;script&gt; ask admin&#8203;@example.com or www&#8203;.example.com \#1. It is tried again with the next read.
      reference __db__
        row      envFrom · *main* · read 12:00:00
        aloud    Secret __db__, envFrom, *main*, required. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret \_\_db\_\_ ⏎ envFrom, \*main\*, required
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
      hover __db__
        **Secret \_\_db\_\_** · namespace shop, context test
        $(pass) It exists.
        Keys: $(key)⍽**\_key\_.&lt;b&gt;&amp;** 0 B
        Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. TTL 60 s.
        Reference count 1: \*web\*.
        Secret of type \[type\]\(command:x\) \*\*bold\*\* $&#8203;\(trash\), resource version 1 · [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"__db__"}]›)
      reference bad
        row      envFrom · *main* · server error, asked 12:00:00
        aloud    Secret bad, envFrom, *main*, required. Failed at 12:00:00: ![image](https://example.com/x.png) <script> ask admin@example.com or www.example.com #1. It is tried again with the next read.
        badge    !! in failed: Failed at 12:00:00: ![image](https://example.com/x.png) <script> ask admin@example.com or www.example.com #1. It is tried again with the next read.
        tooltip  Secret bad ⏎ envFrom, \*main\*, required
                 Failed at 12:00:00: \!\[image\]\(https:&#8203;//example.com/x.png\) &lt;script&gt; ask admin&#8203;@example.com or www&#8203;.example.com \#1. It is tried again with the next read.
      hover bad
        **Secret bad** · namespace shop, context test
        $(question) It could not be read, so whether it exists is not known.
        Failed at 12:00:00: \!\[image\]\(https:&#8203;//example.com/x.png\) &lt;script&gt; ask admin&#8203;@example.com or www&#8203;.example.com \#1. It is tried again with the next read.
        Reference count 1: \*web\*.
        [Show in Kubefresh](command:kubefresh.revealObject?‹[{"kind":"Secret","namespace":"shop","name":"bad"}]›)
      object __db__
        row      read 12:00:00 · 1 key · used by 1 pod
        aloud    Secret __db__. Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00. 1 key. Reference count 1: *web*.
        badge    ✓ in fresh: Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
        tooltip  Secret \_\_db\_\_ in namespace shop ⏎ Secret of type \[type\]\(command:x\) \*\*bold\*\* $&#8203;\(trash\), version 1
                 Fresh: read at 12:00:00 as the newest version, fresh until 12:01:00.
                 Reference count 1: \*web\*.
      key _key_.<b>&
        row      0 B
        aloud    Key _key_.<b>& of Secret __db__, 0 B
        badge    none
        tooltip  Key _key_.<b>& of Secret __db__, 0 B
      used by *web*
        row    envFrom · *main*
        aloud  Pod *web* uses it by envFrom · *main*
      object bad
        row      server error, asked 12:00:00 · used by 1 pod
        aloud    Secret bad. Failed at 12:00:00: ![image](https://example.com/x.png) <script> ask admin@example.com or www.example.com #1. It is tried again with the next read. Reference count 1: *web*.
        badge    !! in failed: Failed at 12:00:00: ![image](https://example.com/x.png) <script> ask admin@example.com or www.example.com #1. It is tried again with the next read.
        tooltip  Secret bad in namespace shop
                 Failed at 12:00:00: \!\[image\]\(https:&#8203;//example.com/x.png\) &lt;script&gt; ask admin&#8203;@example.com or www&#8203;.example.com \#1. It is tried again with the next read.
                 Reference count 1: \*web\*.
      used by *web*
        row    envFrom · *main*
        aloud  Pod *web* uses it by envFrom · *main*
      standing
        bar      $(warning) test: 1 problem
        summary  Secrets and ConfigMaps: 1 fresh, 1 failed. 1 problem to look at.
        badge    1: 1 problem with Secrets and ConfigMaps
    `,
  });
});
