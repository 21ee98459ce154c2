"""Who signs in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Users(BaseUserManager):
    """Makes users."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a password, or with none who then signs in elsewhere."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """Someone who signs in: staff or resident. What they may do comes from their roles."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="fi")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    """Counted up to sign the user out everywhere: it is part of what a session is checked against."""

    objects = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]  # noqa: RUF012

    def __str__(self) -> str:
        return self.name
