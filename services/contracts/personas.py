"""Who somebody is on the platform. A token names one persona."""

from enum import StrEnum


class Persona(StrEnum):
    """Closed list; the staff sheet's 岗位 maps to them."""

    GUEST = "guest"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    DUTY_LEADER = "duty_leader"
    SCHOOL_ADMIN = "school_admin"
    ENROLMENT_OFFICER = "enrolment_officer"
    PRINCIPAL = "principal"
    CLINIC = "clinic"
    DORMITORY_KEEPER = "dormitory_keeper"
    COUNTY_SUPERVISOR = "county_supervisor"
    CITY_SUPERVISOR = "city_supervisor"
    OPERATOR = "operator"
    SERVICE = "service"


STAFF = (
    Persona.TEACHER,
    Persona.DUTY_LEADER,
    Persona.SCHOOL_ADMIN,
    Persona.ENROLMENT_OFFICER,
    Persona.PRINCIPAL,
    Persona.CLINIC,
    Persona.DORMITORY_KEEPER,
)
"""Everybody who works at a school and may be the adult in charge of children."""

LEADERS = (Persona.DUTY_LEADER, Persona.PRINCIPAL, Persona.SCHOOL_ADMIN)
"""Who may act for another adult of the school."""

OFFICERS = (Persona.SCHOOL_ADMIN, Persona.ENROLMENT_OFFICER)
"""Who keeps the school's lists."""
