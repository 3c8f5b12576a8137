"""Put back what lies in the dead-letter queues."""
