/** The run was asked to stop before this could be sent; what it was for stays as it is. Not a failure. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}
