/** A mistake in the command line, or in a file that it names: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
