import { describeNetwork } from './suite.js';

describeNetwork('enterprise');
