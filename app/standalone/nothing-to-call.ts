/** The operations listener of a process that is one role alone has no routes, and so nobody to authenticate. */
import { instant } from '../../domain/shared/instant.ts';

export const NOTHING_TO_CALL = {
  recordAction: () => Promise.reject(new Error('There are no routes here.')),
  clock: () => instant(Date.now()),
  authenticate: () => Promise.reject(new Error('There are no routes here.')),
};
