exports.handler = async (event) => ({ heard: event.from })
