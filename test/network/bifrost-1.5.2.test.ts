import { describeNetwork } from './suite.js';

describeNetwork('1.5.2');
