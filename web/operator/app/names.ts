/** Names of the system that the page offers to choose from. A test holds them to the domain's. */
export const DELIVERY_STATUSES = [
  'planned',
  'deferred',
  'queued',
  'attempting',
  'waiting',
  'unknown',
  'accepted',
  'delivered',
  'undelivered',
  'suppressed',
  'digested',
  'failed',
  'cancelled',
  'expired',
] as const;

export const VIOLATIONS = ['spam', 'harassment', 'hate', 'violence', 'sexual', 'self-harm', 'illegal', 'impersonation', 'other'] as const;

export const PROFILE_PARTS = ['name', 'about', 'picture'] as const;

export const OPERATOR_ROLES = ['viewer', 'support', 'moderator', 'admin'] as const;
