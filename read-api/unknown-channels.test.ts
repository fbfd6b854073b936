/** A direct channel's id follows from its two people, so anybody can name it. A person who is no member can't tell whether the channel exists. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { givenReadApi } from './test-fixture.ts';
import { READ_LIMITS } from './limits.ts';
import { readRoutes } from './read-api.ts';

test('every query that names a channel answers an outsider, an invited person and a former member alike, whether there is one or not', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const direct = await api.direct(ada, bob);
  const left = await api.group(ada, eve);
  await api.sendMessage(ada, left, 'hello');
  await api.expectSuccess(commands.leaveChannel({ person: eve.person, channel: left }, by(eve.person)));
  const { id: invited } = await api.expectSuccess(commands.openGroupChannel({ person: ada.person, members: [eve.person] }, by(ada.person)));
  const paths = readRoutes({ limits: READ_LIMITS } as never)
    .map(({ path }) => path)
    .filter((path) => /:channel\b/.test(path));
  t.true(paths.length >= 2);
  for (const path of paths) {
    const answerFor = async (channel: string) => {
      const { status, headers, body } = await api.requestAfterWrites(eve, path.replace(':channel', channel).replace(/:(message|seq|place|tag)\b/g, '0'));
      const { instance: _, ...problem } = body as unknown as Record<string, unknown>;
      return { status, problem, headers: [...headers.keys()].toSorted() };
    };
    const missing = await answerFor(randomUUID());
    t.regex(String(missing.problem['code']), /^(channel|message)-unknown$/);
    for (const channel of [direct, left, invited]) t.deepEqual(await answerFor(channel), missing, path);
  }
});
