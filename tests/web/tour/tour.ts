/**
 * The tour, lived by clicking: three people and an app do what `tests/tour/` does through the APIs, step by step, in browsers of their own.
 * It needs a Tidings in which nobody lives yet; which profile it has, and how many processes, makes no difference to them.
 */
import type { ExecutionContext } from 'ava';
import { openPage } from '../pages.ts';
import { exchangeMessages } from './chat-steps.ts';
import { publishAndLike } from './feed-steps.ts';
import { notifyThroughApp } from './notification-steps.ts';
import { signUpAndBefriend } from './people-steps.ts';
import type { Step, TourPlace } from './tour-context.ts';

/** Long enough that somebody who looks has read a message before it becomes a push. */
export const TOUR_SETTINGS = { TIDINGS_CHAT_PUSH_AFTER_MS: '10000' };

/** Returns how many steps were lived. */
export async function liveTheTour(t: ExecutionContext, place: TourPlace): Promise<number> {
  let steps = 0;
  const step: Step = async (line, act) => {
    const result = await act();
    steps++;
    t.log(`${String(steps).padStart(2)}. ${line}`);
    return result;
  };
  const context = { ...place, t, step };
  const operator = await openPage(place.people, `${place.ops}/outbox/`);
  const people = await signUpAndBefriend(context, operator);
  await publishAndLike(context, people);
  await exchangeMessages(context, people, operator);
  await notifyThroughApp(context, people, operator);
  return steps;
}
