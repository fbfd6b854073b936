/** How much is measured. Quick only shows that it works. */
export type Sizes = typeof FULL;

const FULL = {
  recipients: 50,
  /** Each to all recipients. */
  warmUpNotifications: 20,
  notifications: 100,
  /** Of one recipient each. */
  ratePerSecond: 200,
  seconds: 10,
};

const QUICK: Sizes = { recipients: 10, warmUpNotifications: 5, notifications: 20, ratePerSecond: 50, seconds: 2 };

export const sizesOf = ({ isQuick }: { readonly isQuick: boolean }): Sizes => (isQuick ? QUICK : FULL);

export const VENDOR_MS = 20;
