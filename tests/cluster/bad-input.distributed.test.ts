/** What one gateway (`gateway/protocol/bad-frames.test.ts`) and one API (`write-api/refusals.test.ts`, `read-api/refusals.test.ts`) refuse is refused alike by those of a cluster. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { CLOSE_CODES } from '../../gateway/protocol/close-codes.ts';
import { BEFORE_HELLO, ONCE_WELCOMED } from '../../gateway/testing/bad-frames.ts';
import { connectClient, openClient } from '../../gateway/testing/client.ts';
import { createActors, type Person } from '../e2e/actors.ts';
import type { SystemUnderTest } from '../e2e/system-under-test.ts';
import { testWith } from '../servers/availability.ts';
import { refuseBadRequests } from './bad-requests.ts';
import { startCluster, TWO_WITH_ALL_ROLES } from './cluster.ts';

const codeOf = (closes: keyof typeof CLOSE_CODES | 1007 | 1009): number => (typeof closes === 'number' ? closes : CLOSE_CODES[closes].code);

testWith('redis-server', 'secantusd-py')(
  'the gateways and APIs of a cluster refuse bad frames and requests as one alone does, and nothing is appended',
  async (t) => {
    await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES });
    const system: SystemUnderTest = { addresses: cluster.directAddresses, adminToken: cluster.adminToken };
    const { people } = await createActors(system, { run: 'bad-frames', size: 5 });
    const { id, token } = people[0] as Person;
    const account = { person: id as PersonId, session: '', token };
    for (const url of cluster.withRole('gateway').map(({ urls }) => urls.gateway ?? '')) {
      for (const [name, [sent, closes]] of Object.entries(BEFORE_HELLO)) {
        await using client = await openClient(url);
        client.sendRaw(sent);
        t.is((await client.closed).code, codeOf(closes), `before hello, ${name}`);
        t.deepEqual(client.faults, []);
      }
      for (const [name, [sent, answer]] of Object.entries(ONCE_WELCOMED)) {
        await using client = await connectClient(url, account);
        client.sendRaw(sent);
        if ('closes' in answer) t.is((await client.closed).code, codeOf(answer.closes), `once welcomed, ${name}`);
        else {
          t.is((await client.take('refused')).code, answer.refused, `once welcomed, ${name}`);
          await client.roundTrip(); // the connection goes on
        }
        t.deepEqual(client.faults, []);
      }
    }
    await refuseBadRequests(t, cluster);
  },
);
