import test from 'ava';
import { user } from '../domain/people/user.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import { givenCommands, signUp } from './given.ts';
import { createStreamStates } from './stream-states.ts';

test('of all streams together a bounded number of commands is remembered; what falls out is found in the log again', async (t) => {
  await using given = await givenCommands();
  const { commands } = given.process();
  const streams: string[] = [];
  for (const name of ['ann', 'bob']) {
    const person = await signUp(given, given.process(), name);
    streams.push(`user-${person}`);
    for (let change = 0; change < 3; change++) await commands.changeProfile({ person, name: `${name} ${change}` }, given.context(person));
  }
  const [ann = '', bob = ''] = streams;

  let read: string[] = [];
  const readStream: EventLog['readStream'] = (stream, options) => {
    read.push(stream);
    return given.log.readStream(stream, options);
  };
  const loads = async (rememberedCommandsMax: number) => {
    const states = createStreamStates({ log: { ...given.log, readStream }, codec: given.codec }, { rememberedCommandsMax });
    const decideOn = (stream: string) => states.forDeciding(user as never, stream, undefined, { catchUp: false });
    const first = await decideOn(ann);
    t.is(first.recent.size, 4);
    await decideOn(bob);
    read = [];
    t.deepEqual((await decideOn(ann)).recent, first.recent);
    return read.includes(ann);
  };
  t.false(await loads(8));
  t.true(await loads(7));
});
