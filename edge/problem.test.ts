import test from 'ava';
import { REFUSALS, type RefusalCode } from '../domain/shared/refusals.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { QueueFull } from '../ports/job-queue/port.ts';
import { problemOf, problemSchema, refusalOfError, retryAfterSecondsOf, statusOf, PasswordQueueFull } from './problem.ts';

const CODES = Object.keys(REFUSALS) as RefusalCode[];

test('every code of the catalogue is a problem with a status of HTTP, and one of its kind', (t) => {
  for (const code of CODES) {
    const problem = problemOf({ code }, 'request-1');
    t.true(problemSchema.safeParse(problem).success, code);
    t.true(problem.status >= 400 && problem.status <= 503, code);
    t.is(problem.type, `urn:tidings:problem:${code}`);
  }
  t.deepEqual(
    (
      [
        'bad-json',
        'method-not-allowed',
        'unsupported-media-type',
        'body-too-large',
        'token-expired',
        'not-a-friend',
        'post-unknown',
        'login-taken',
        'self-not-allowed',
        'rate-limited',
        'write-contention',
        'internal-error',
      ] as const
    ).map(statusOf),
    [400, 405, 415, 413, 401, 403, 404, 409, 422, 429, 503, 500],
  );
});

test('the detail is the sentence with its facts filled in, and the facts stand beside it', (t) => {
  const problem = problemOf({ code: 'friends-full', facts: { max: 5_000 } });
  t.is(problem.detail, 'You can have at most 5000 friends, open requests included; remove a friend or withdraw a request first.');
  t.deepEqual(problem.facts, { max: 5_000 });
  t.is(problem.title, 'Friends full');
});

test('a fact can’t replace a member of the problem', (t) => {
  t.is(problemOf({ code: 'delivery-status-conflict', facts: { status: 'queued' } }).status, 409);
});

test('only a temporary refusal says when to try again', (t) => {
  t.is(retryAfterSecondsOf({ code: 'rate-limited', facts: { limit: 'posts', retryAfterSeconds: 42 } }), 42);
  t.is(retryAfterSecondsOf({ code: 'position-not-reached' }), 1);
  t.is(retryAfterSecondsOf({ code: 'not-a-friend' }), undefined);
});

test('outages are told apart from bugs', (t) => {
  t.is(refusalOfError(new LogUnavailable('down')).code, 'log-unavailable');
  t.is(refusalOfError(new QueueFull('full')).code, 'queue-full');
  t.is(refusalOfError(new PasswordQueueFull('full')).code, 'queue-full');
  t.is(refusalOfError(new TypeError('x is not a function')).code, 'internal-error');
  t.is(refusalOfError('thrown').code, 'internal-error');
});
