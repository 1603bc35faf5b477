using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Models.Tests")]
