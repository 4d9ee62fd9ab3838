package weir.amqp;
