// axios in Node.
'use strict';

const axios = require('axios');
const { conform } = require('../story/checks.cjs');
const { http } = require('../story/http.cjs');

conform(() => http({ get: (url) => axios.get(url), post: (url, json) => axios.post(url, json) }));
