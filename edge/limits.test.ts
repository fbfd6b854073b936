import test from 'ava';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { givenEdge } from './given.ts';
import { answer, noContent, route } from './routes.ts';

test('what could not be done for want of something of ours does not count: who tried again through an outage goes on after it', async (t) => {
  await using edge = await givenEdge();
  const outcomes = [
    () => Promise.reject(new LogUnavailable('down')),
    () => Promise.resolve({ refusal: { code: 'busy' } } as const),
    () => Promise.resolve(answer(204)),
    () => Promise.resolve({ refusal: { code: 'not-a-member' } } as const),
  ];
  const limited = route({
    method: 'get',
    path: '/v1/limited',
    operationId: 'limited',
    summary: 'Twice.',
    callers: ['anyone'],
    limits: [{ limit: { name: 'twice', points: 2, windowSeconds: 60 }, by: 'address' }],
    answers: { 204: noContent },
    refusals: ['busy', 'not-a-member'],
    handle: async () => outcomes.shift()?.() ?? answer(204),
  });
  await using server = await edge.serve([limited]);
  const statuses: number[] = [];
  for (let n = 0; n < 5; n++) statuses.push((await fetch(`${server.url}/v1/limited`)).status);
  t.deepEqual(statuses, [503, 503, 204, 403, 429]);
});
