import test from 'ava';
import { createReceivedBytes } from './received-bytes.ts';

test('the bodies that began first are given up when there are too many bytes', (t) => {
  const received = createReceivedBytes({ receivedBytesMax: 100 });
  const givenUp: string[] = [];
  const begin = (name: string) => received.begin(() => givenUp.push(name));
  const [first, second, third] = [begin('first'), begin('second'), begin('third')];
  first.add(40);
  third.add(40);
  second.add(20);
  t.deepEqual(givenUp, []);
  second.add(30);
  t.deepEqual(givenUp, ['first']);
  first.add(1_000); // bytes of a request that was given up don't count
  third.add(10);
  t.deepEqual(givenUp, ['first']);
});

test('a body that is there makes room', (t) => {
  const received = createReceivedBytes({ receivedBytesMax: 100 });
  const givenUp: string[] = [];
  for (let i = 0; i < 10; i++) {
    using body = received.begin(() => givenUp.push(String(i)));
    body.add(90);
  }
  t.deepEqual(givenUp, []);
});
