/** How simulators of vendors behave, for the contract that senders are held to. */

/** How long 'accept slowly' takes. */
export const SLOW_MS = 200;
/** How long 'limit the rate' asks to wait. */
export const RETRY_AFTER_MS = 7_000;
