import { describeContract } from '../apiContract/contract';
import { startDemoApi } from './demoApi';

describeContract('The demo', startDemoApi);
