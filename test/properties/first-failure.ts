import fc from 'fast-check';

/** For mutation testing: that a world tells the mutant is enough, the smallest such world is of no interest. */
fc.configureGlobal({ endOnFailure: true });
