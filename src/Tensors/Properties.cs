using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Tensors.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Autograd.Tests")]
[assembly: InternalsVisibleTo("Vitrine.Models.Tests")]
