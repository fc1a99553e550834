CREATE TABLE `attempts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`write_id` integer NOT NULL,
	`run` integer NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`status` integer,
	`duration_ms` real NOT NULL,
	`outcome` text NOT NULL,
	`error` text,
	`at` text NOT NULL,
	FOREIGN KEY (`write_id`) REFERENCES `writes`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `attempts_write` ON `attempts` (`write_id`);--> statement-breakpoint
CREATE TABLE `findings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`run` integer NOT NULL,
	`record_seq` integer,
	`source` text DEFAULT 'plan' NOT NULL,
	`code` text NOT NULL,
	`severity` text NOT NULL,
	`field` text NOT NULL,
	`message` text NOT NULL,
	FOREIGN KEY (`record_seq`) REFERENCES `records`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `findings_record` ON `findings` (`record_seq`);--> statement-breakpoint
CREATE INDEX `findings_code` ON `findings` (`code`);--> statement-breakpoint
CREATE TABLE `meta` (
	`id` integer PRIMARY KEY NOT NULL,
	`tool_version` text NOT NULL,
	`created_at` text NOT NULL,
	`hmac_key` text NOT NULL,
	`source_identity` text,
	`target_identity` text
);
--> statement-breakpoint
CREATE TABLE `record_writes` (
	`record_seq` integer NOT NULL,
	`write_id` integer NOT NULL,
	PRIMARY KEY(`record_seq`, `write_id`),
	FOREIGN KEY (`record_seq`) REFERENCES `records`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`write_id`) REFERENCES `writes`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `record_writes_write` ON `record_writes` (`write_id`);--> statement-breakpoint
CREATE TABLE `records` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`source_id` text NOT NULL,
	`display_name` text NOT NULL,
	`natural_name` text NOT NULL,
	`source_created_at` text,
	`record` text NOT NULL,
	`fingerprint` text NOT NULL,
	`written_fingerprint` text,
	`written_record` text,
	`status` text DEFAULT 'pending' NOT NULL,
	`reason` text,
	`code` text,
	`message` text,
	`next_step` text,
	`origin` text,
	`bifrost_id` text,
	`bifrost_name` text,
	`bifrost_kind` text,
	`missing` text DEFAULT '[]' NOT NULL,
	`detail` text DEFAULT '{}' NOT NULL,
	`first_seen_run` integer NOT NULL,
	`last_seen_run` integer NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `records_kind_source` ON `records` (`kind`,`source_id`);--> statement-breakpoint
CREATE INDEX `records_kind_status` ON `records` (`kind`,`status`);--> statement-breakpoint
CREATE INDEX `records_kind` ON `records` (`kind`);--> statement-breakpoint
CREATE INDEX `records_natural` ON `records` (`kind`,`natural_name`,`source_created_at`,`source_id`,`bifrost_name`,`reason`);--> statement-breakpoint
CREATE INDEX `records_bifrost` ON `records` (`bifrost_kind`,`bifrost_name`);--> statement-breakpoint
CREATE TABLE `rights` (
	`id` text PRIMARY KEY NOT NULL,
	`names` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`command` text NOT NULL,
	`tool_version` text NOT NULL,
	`started_at` text NOT NULL,
	`finished_at` text,
	`outcome` text,
	`error` text,
	`source_version` text,
	`target_version` text,
	`intake_complete` integer DEFAULT false NOT NULL,
	`counts` text
);
--> statement-breakpoint
CREATE TABLE `writes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`label` text NOT NULL,
	`state` text NOT NULL,
	`action` text NOT NULL,
	`bifrost_id` text,
	`origin` text,
	`payload_fingerprint` text NOT NULL,
	`bodies` text DEFAULT '[]' NOT NULL,
	`shown` text,
	`hint` text DEFAULT '{}' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`intent_at` text,
	`settled_at` text,
	`reason` text,
	`last_error` text,
	`next_step` text,
	`gateway_start` text,
	`run` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `writes_kind_name` ON `writes` (`kind`,`name`);--> statement-breakpoint
CREATE INDEX `writes_state` ON `writes` (`state`);