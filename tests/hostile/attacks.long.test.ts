/**
 * Attacks on a whole process, small and for a few seconds. Each had the process take gigabytes, or keep everybody waiting. The bounds
 * are generous: they tell an attack that is held back from one that is not, and nothing about speed.
 */
import test, { type ExecutionContext } from 'ava';
import { connectTo, requestFor, startSystemUnderAttack, watch, type SystemUnderAttack } from './system-under-attack.ts';

const WATCHED_MS = 2_000;
/** What an attack may cost above what the process had before. */
const MEMORY_GROWTH_MAX_MIB = 400;
/** The shared machine of a test may be slow; without protection these attacks cost minutes. */
const HONEST_REQUEST_MAX_MS = 20_000;
const TEST_TIMEOUT_MS = 180_000;

/** Ends with a process that stops when it is asked to, in the midst of the attack. */
async function expectHeldBack(t: ExecutionContext, system: SystemUnderAttack, attack: () => Promise<unknown>): Promise<void> {
  const before = await system.memory();
  await attack();
  const { memoryMost, honestMostMs } = await watch(system, WATCHED_MS);
  t.log(`memory ${Math.round(before)} MiB, then at most ${Math.round(memoryMost)} MiB; an honest request took at most ${Math.round(honestMostMs)} ms`);
  t.true(memoryMost - before < MEMORY_GROWTH_MAX_MIB, `it grew by ${Math.round(memoryMost - before)} MiB`);
  t.true(honestMostMs < HONEST_REQUEST_MAX_MS, `an honest request took ${Math.round(honestMostMs)} ms`);
  t.is(await system.tidings.stop('SIGTERM'), 0);
}

test.serial('many connections that ask for a document thousands of times and read nothing', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using system = await startSystemUnderAttack();
  await expectHeldBack(t, system, async () => {
    for (const url of [system.tidings.addresses.read, system.tidings.addresses.write]) {
      for (let n = 0; n < 8; n++) {
        const socket = await connectTo(url);
        socket.pause().write(requestFor('/openapi.json').repeat(2_000));
      }
    }
  });
});

test.serial('a person who asks for a long history two hundred times at once and reads nothing', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using system = await startSystemUnderAttack();
  const { member, path } = await system.history();
  await expectHeldBack(t, system, async () => {
    for (let n = 0; n < 200; n++) {
      const socket = await connectTo(system.tidings.addresses.read);
      socket.pause().write(requestFor(path, { authorization: `Bearer ${member.token}` }));
    }
  });
});

test.serial('requests that are given up again and again before they are answered', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using system = await startSystemUnderAttack();
  const { member, path } = await system.history();
  await expectHeldBack(t, system, async () => {
    for (let n = 0; n < 300; n++) {
      const socket = await connectTo(system.tidings.addresses.read);
      socket.write(requestFor(path, { authorization: `Bearer ${member.token}` }), () => socket.destroy());
    }
  });
});

test.serial('connections that say nothing, half a request, or a body that doesn’t come', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using system = await startSystemUnderAttack();
  const { read, write } = system.tidings.addresses;
  const begun = 'POST /v1/people HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 250000\r\n\r\n';
  await expectHeldBack(t, system, async () => {
    for (let n = 0; n < 170; n++) {
      await connectTo(read);
      (await connectTo(read)).write('GET /v1/me HTTP/1.1\r\nHost: a\r\nX-Half');
      (await connectTo(write)).write(begun + 'x'.repeat(240_000));
    }
  });
});
