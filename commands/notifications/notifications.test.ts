import test from 'ava';
import { notificationStream } from '../../domain/shared/streams.ts';
import { codeOf, eventsIn, givenCommands, signUp } from '../test-fixture.ts';

test('a request that names no channels goes to those that are meant by default, whatever channels there are by now', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const { id, handled } = await one.commands.requestNotification(
    { source: { kind: 'feed', post: 'post' as never }, recipients: [ann], author: ann, category: 'feed' },
    given.context(ann),
  );
  t.is(codeOf(handled), 'appended');
  const [stored] = await eventsIn(given, notificationStream(id));
  const event = stored === undefined ? undefined : await given.codec.decode(stored);
  t.like(event?.data, { channels: ['push', 'sms', 'email'] });
});
